"""What a gateway takes when nobody calls, when many are connected, and until it answers."""
