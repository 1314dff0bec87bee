"""Everything that can go wrong at once, and an account of each request."""
