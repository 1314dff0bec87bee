"""From the bytes in a directory to the generation that serves."""
