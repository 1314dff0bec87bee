"""The store of one host: a process of its own with one SQLite connection, which workers talk to."""
