"""One timer for all idle connections."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Protocol

INTERVAL = 0.5
"""Seconds between two looks."""


class Idle(Protocol):
    """What has idle connections."""

    def sweep(self, now: float) -> bool:
        """Close what was idle for too long; whether any is left."""

    def close(self) -> None:
        """Close all."""


class Sweeper:
    """Looks at those that have idle connections, and at nobody while there are none."""

    __slots__ = ("_timer", "_watched", "closed")

    def __init__(self) -> None:
        self.closed = False
        self._watched: set[Idle] = set()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, one: Idle) -> None:
        """From now on, until it has none."""
        self._watched.add(one)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(INTERVAL, self._sweep)

    def close(self) -> None:
        """Close every idle connection; from now on none is kept."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        for one in self._watched:
            one.close()
        self._watched.clear()

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        now = monotonic()
        self._watched = {one for one in self._watched if one.sweep(now)}
        self._timer = loop.call_later(INTERVAL, self._sweep) if self._watched else None
