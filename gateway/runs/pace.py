"""The pace of one hook: how many attempts its rate lets start, and when the next one may."""

from __future__ import annotations

import math
from collections.abc import Callable
from math import floor

ROUNDING = 1e-3
"""What of an attempt sums of times may lack."""
MOMENT = 0.01
"""Seconds. What may start within them starts together, so that no rate costs a turn for each."""


def no_drift() -> float:
    """That of a store whose clock nobody sets."""
    return 0.0


class Pace:
    """A bucket of attempts that may start: it gets `rate` of them a second and holds `burst` at
    most, `level` now. So no more start in any time than `burst`, and `rate` times that time.

    Times are seconds of the store's clock. `drift` is how far that is ahead of one which is never
    set: no jump of the time of day fills the bucket, or keeps it from being filled.
    """

    __slots__ = ("_at", "_brimming", "_drift", "_enough", "_level", "_rate", "burst", "mark")

    def __init__(
        self, rate: float, burst: float, level: float, now: float,
        drift: Callable[[], float] = no_drift,
    ) -> None:  # fmt: skip
        self._drift = drift
        self._at = now - drift()
        self._level = level
        self.mark = 0
        """How many times something was taken."""
        self._brimming = 0
        """The last of these times at which one attempt more would have overflowed."""
        self._set(rate, burst)

    def resize(self, rate: float, burst: float, now: float) -> None:
        """Let another rate count from now on. What may start at once stays, as far as it fits."""
        self._fill(now)
        self._set(rate, burst)

    def _set(self, rate: float, burst: float) -> None:
        self._rate, self.burst = rate, burst
        self._level = min(self._level, burst)
        self._enough = max(floor(min(rate * MOMENT, burst)), 1)

    def free(self, now: float) -> int:
        """How many attempts may start."""
        self._fill(now)
        return max(floor(self._level + ROUNDING), 0)

    @property
    def opens(self) -> float:
        """When attempts may start, as many as belong to a moment; infinite where none ever may."""
        lacking = self._enough - self._level
        if lacking <= 0:
            return self._at + self._drift()
        return self._at + self._drift() + lacking / self._rate if self._rate else math.inf

    def take(self, count: int, now: float) -> None:
        """So many attempts start. Those that start against the rate are made up for."""
        self._fill(now)
        self.mark += 1
        if self._level > self.burst - 1:
            self._brimming = self.mark
        self._level -= count

    def give_back(self, count: int, mark: int) -> None:
        """So many of those that were taken as `mark` tells did not start. Nothing is given back
        that would have overflowed in the meantime.
        """
        if self._brimming <= mark:
            self._level = min(self._level + count, self.burst)

    def _fill(self, now: float) -> None:
        steady = now - self._drift()
        if steady > self._at:
            self._level = min(self._level + (steady - self._at) * self._rate, self.burst)
            self._at = steady
