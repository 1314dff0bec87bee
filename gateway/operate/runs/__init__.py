"""What operators ask about runs and do to them, below `/-/runs`."""
