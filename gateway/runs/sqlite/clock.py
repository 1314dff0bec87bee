"""The store's clock: the time of day at the start, and what has passed since."""

from __future__ import annotations

import time


def since_boot() -> int:
    """Milliseconds, the same for all processes of the machine; they go on while it sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Clock:
    """Milliseconds since the epoch. Whoever sets the system's clock moves nothing here."""

    def __init__(self) -> None:
        self._start = time.time_ns() - self._passed()

    def now(self) -> int:
        """The time in milliseconds."""
        return (self._start + self._passed()) // 1_000_000

    def offset(self) -> float:
        """Seconds that the system's time of day is ahead of this clock."""
        return time.time() - self.now() / 1000

    def _passed(self) -> int:
        # Goes on while the machine sleeps, unlike the monotonic clock.
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
