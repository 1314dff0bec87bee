"""Runs of one store moved to another, of whichever engine."""
