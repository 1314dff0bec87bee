"""What proving who calls costs, and what a guesser learns and costs others."""
