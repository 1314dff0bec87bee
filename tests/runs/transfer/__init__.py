"""Moves of runs between stores."""
