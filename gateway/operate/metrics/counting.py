"""A worker's side of the metrics: what a request adds, a few additions in shared memory."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Mapping

from gateway.compile.exchange import Exchange
from gateway.operate.metrics.families import (
    AUTHENTICATION,
    IN_FLIGHT,
    LOG_LOST,
    REFUSED,
    REQUEST_SECONDS,
    REQUESTS,
    SECONDS,
    WORKFLOW_SECONDS,
    Family,
)
from gateway.runtime.series import Series

_SUM = len(SECONDS) + 1
_LOOKED_AT = {"unauthenticated": "refused", "too-many-failures": "limited"}
"""What became of credentials, by the outcome of their request."""


class _Hook:
    """The places of one hook's series, each looked up once."""

    __slots__ = ("in_flight", "name", "requests", "results", "seconds", "workflow")

    def __init__(self, name: str, series: Series) -> None:
        self.name = name
        self.requests: dict[tuple[str, int], int] = {}
        self.results: dict[str, int] = {}
        self.seconds = _place(series, REQUEST_SECONDS, name)
        self.workflow = _place(series, WORKFLOW_SECONDS, name) if name else 0
        self.in_flight = _place(series, IN_FLIGHT, name) if name else 0


class RequestMetrics:
    """Counts requests. Labels are names of hooks, outcomes and statuses: no stranger makes one."""

    def __init__(self, series: Series) -> None:
        self._series = series
        self._values = series.values
        self._hooks: dict[str, _Hook] = {}
        self._refused: dict[str, int] = {}
        self._busy: set[str] = set()
        self._lost = _place(series, LOG_LOST)

    def __call__(self, exchange: Exchange) -> None:
        """Count a request that was answered."""
        values, outcome, status = self._values, exchange.outcome, exchange.status
        hook = self._hooks.get(exchange.hook) or self._hook(exchange.hook)
        slot = hook.requests.get((outcome, status)) or self._request(hook, outcome, status)
        values[slot] += 1
        seconds = time.perf_counter() - exchange.started
        values[hook.seconds + bisect_left(SECONDS, seconds)] += 1
        values[hook.seconds + _SUM] += seconds
        if exchange.run:
            seconds = exchange.workflow_ms / 1000
            values[hook.workflow + bisect_left(SECONDS, seconds)] += 1
            values[hook.workflow + _SUM] += seconds
        elif status >= 400:
            values[self._refused.get(outcome) or self._refusal(outcome)] += 1
        result = "accepted" if exchange.proven else _LOOKED_AT.get(outcome)
        if result is not None:
            values[hook.results.get(result) or self._result(hook, result)] += 1

    def lines_lost(self, count: int) -> None:
        """Count lines of the log that nobody read in time."""
        self._values[self._lost] += count

    def in_flight(self, counts: Mapping[str, int]) -> None:
        """Set how many requests of each hook are on their way; a hook that is left out has none."""
        for name in self._busy - counts.keys():
            self._values[self._hooks[name].in_flight] = 0
        for name, count in counts.items():
            hook = self._hooks.get(name) or self._hook(name)
            self._values[hook.in_flight] = count
        self._busy = set(counts)

    def _hook(self, name: str) -> _Hook:
        hook = self._hooks[name] = _Hook(name, self._series)
        return hook

    def _request(self, hook: _Hook, outcome: str, status: int) -> int:
        slot = _place(self._series, REQUESTS, hook.name, outcome, str(status))
        hook.requests[outcome, status] = slot
        return slot

    def _refusal(self, outcome: str) -> int:
        slot = self._refused[outcome] = _place(self._series, REFUSED, outcome)
        return slot

    def _result(self, hook: _Hook, result: str) -> int:
        slot = hook.results[result] = _place(self._series, AUTHENTICATION, hook.name, result)
        return slot


def _place(series: Series, family: Family, *labels: str) -> int:
    return series.place(family.series(*labels), family.slots)
