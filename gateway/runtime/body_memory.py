"""The memory that one process may have for bodies, and what of it is taken."""

from __future__ import annotations

from collections.abc import Callable

from gateway.errors import Unavailable

Charge = Callable[[int], None]
"""Told of bytes that are about to be held, or are no more where they are negative."""
SOON = ((b"retry-after", b"1"),)


class BodyMemory:
    """A budget of bytes. `held` is what requests have of it now."""

    __slots__ = ("held", "limit")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0

    def take(self, size: int) -> None:
        """Charge bytes that are about to be held. Raises Unavailable where there is no room."""
        if self.held + size > self.limit:
            raise Unavailable(
                "The gateway has no memory left for this body; try again.",
                SOON,
                f"bodies hold {self.held} of {self.limit} bytes; raise --body-memory, or lower "
                "limits.body or limits.concurrency",
            )
        self.held += size

    def give_back(self, size: int) -> None:
        """Discharge bytes that are held no more."""
        self.held -= size


def joined(pieces: list[bytes], size: int, charge: Charge) -> bytes:
    """A body of its pieces, which are charged already; for a moment it is held twice."""
    if len(pieces) == 1:
        return pieces[0]
    charge(size)
    body = b"".join(pieces)
    charge(-size)
    return body
