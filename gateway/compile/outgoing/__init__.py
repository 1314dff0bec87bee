"""What proves to a workflow who calls it: a secret in a header, or a signature of each call."""
