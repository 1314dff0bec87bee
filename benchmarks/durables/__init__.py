"""The figures of durable delivery, of a real gateway."""
