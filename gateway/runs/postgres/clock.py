"""The database's clock, as a worker knows it."""

from __future__ import annotations

from collections.abc import Callable


class Clock:
    """What the database told last, and the time since its answer: late by the way of an answer, and
    never ahead. `monotonic` is in seconds.
    """

    __slots__ = ("_at", "_monotonic", "_told")

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._told = 0.0
        self._at = monotonic()

    def told(self, now: float) -> None:
        """The database said what time it is, in seconds since the epoch."""
        self._told, self._at = now, self._monotonic()

    def steady(self) -> float:
        """Seconds of a clock that nobody sets."""
        return self._monotonic()

    def drift(self) -> float:
        """How far the database's clock is ahead of that."""
        return self._told - self._at

    def now(self) -> float:
        """Seconds since the epoch; since the start of the process before the database told."""
        return self._told + self._monotonic() - self._at
