"""HTTP/1.1 on httptools, as a server and as a client. Knows nothing of hooks."""
