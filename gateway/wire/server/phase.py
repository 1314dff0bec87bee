"""What a connection waits for. Each phase has a deadline but BUSY, which is the app's."""

from __future__ import annotations

NEVER = float("inf")

IDLE = 0
"""For the first byte of another request."""
HEAD = 1
"""For the end of a head."""
BODY = 2
"""For more of a body that is wanted."""
BUSY = 3
"""For the app."""
WRITING = 4
"""For the caller to read what was written."""
DISCARD = 5
"""For the end of a body that nobody wants, after its answer."""
LINGER = 6
"""For the caller's end of the connection, so that it reads the answer before a reset."""
CLOSING = 7
"""For the transport to end."""

STATES = ("idle", "reading", "reading", "busy", "writing", "reading", "writing", "writing")
"""The name of each phase in the metrics."""
