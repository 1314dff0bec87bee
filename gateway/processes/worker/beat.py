"""The beat of a worker's event loop, and what only a look at the whole can tell."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from gateway.operate.metrics.counting import RequestMetrics
from gateway.operate.metrics.families import BODY_BYTES, CONNECTIONS, LOOP_LAG
from gateway.runtime.runtime import Runtime
from gateway.runtime.series import BEAT, Series
from gateway.wire.server import Listener

EVERY = 0.5
REMEMBERED = 20
"""Beats whose lag is told: a scrape every ten seconds misses none."""


class Beat:
    """Twice a second: that the loop turns, how late it was, and what its connections do. `tell` is
    called with each other reason why no run can be stored, and with nothing where it can.
    """

    def __init__(
        self,
        series: Series,
        listener: Listener,
        runtime: Runtime,
        metrics: RequestMetrics,
        tell: Callable[[str], None],
    ) -> None:
        self._tell = tell
        self._told = ""
        self._series = series
        self._runtime = runtime
        self._metrics = metrics
        self._held = series.place(BODY_BYTES.series())
        self._listener = listener
        self._lags: deque[float] = deque(maxlen=REMEMBERED)
        self._lag = series.place(LOOP_LAG.series())
        self._states = {
            state: series.place(CONNECTIONS.series(state)) for state in listener.states()
        }

    def start(self) -> None:
        """Beat for as long as the loop runs."""
        self._loop = asyncio.get_running_loop()
        self._due = time.monotonic()
        self._beat()

    def _beat(self) -> None:
        # Before everything else: a worker that does not beat is killed.
        self._loop.call_later(EVERY, self._beat)
        now = time.monotonic()
        values = self._series.values
        values[BEAT] = now
        self._lags.append(max(0.0, now - self._due))
        self._due = now + EVERY
        values[self._lag] = max(self._lags)
        values[self._held] = self._runtime.body_memory.held
        self._metrics.in_flight(self._runtime.in_flight())
        for state, count in self._listener.states().items():
            values[self._states[state]] = count
        self._look_at_store()

    def _look_at_store(self) -> None:
        runs = self._runtime.runs
        problem = "" if runs is None else runs.store_problem
        if problem != self._told:
            self._told = problem
            self._tell(problem)
