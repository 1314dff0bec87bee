"""What slow clients cost others, and whether probes answer beside silent ones."""
