"""Health, status, logs: what operators look at."""
