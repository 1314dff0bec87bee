"""Durations and sizes as counts of buckets, as Prometheus wants them."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

ATTEMPT = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
LATENCY = (0.05, 0.25, 1.0, 5.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 21_600.0, 86_400.0, 345_600.0)
COMMIT = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
BATCH = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
"""Upper ends of the buckets: seconds of an attempt, from acceptance to the end of a run, and of a
commit; messages that were written in one transaction.
"""


class Histogram(msgspec.Struct, frozen=True):
    """How many values were in each bucket, and in none of them last; and their sum."""

    counts: tuple[int, ...] = ()
    total: float = 0.0


class HistogramRecorder:
    """Counts values."""

    __slots__ = ("_bounds", "_counts", "_total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0

    def add(self, value: float) -> None:
        """One more."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def told(self) -> Histogram:
        """What was counted until now."""
        return Histogram(tuple(self._counts), self._total)
