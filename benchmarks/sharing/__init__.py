"""Gateways that share a database, and what they do together."""
