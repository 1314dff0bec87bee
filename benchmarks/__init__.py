"""What the gateway costs, measured beside the tools that people would use instead."""
