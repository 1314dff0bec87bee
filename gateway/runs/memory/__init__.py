"""A store in memory: the neighbour of the real ones, and their measure in tests."""
