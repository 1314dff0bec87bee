"""The store's process: what it is made of is imported there, and not by the supervisor."""
