"""Cases as files: what is given, and what comes of it."""
