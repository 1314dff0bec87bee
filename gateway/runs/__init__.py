"""Durable delivery: what was accepted is delivered, or can be found."""
