"""A limit that is left some way before it counts as free again."""

from __future__ import annotations

_AGAIN = 0.95


class Quota:
    """Refuses from `limit` on, until less than 95 % of it is used: what is at the limit would
    otherwise accept one for each that ends, and refuse the next.
    """

    __slots__ = ("_full", "limit")

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._full = False

    def refuses(self, used: float) -> bool:
        """Whether there is no room, with so much in use."""
        self._full = used >= (self.limit * _AGAIN if self._full else self.limit)
        return self._full
