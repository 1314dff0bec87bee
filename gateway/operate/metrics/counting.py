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
_Ending = tuple[str, int, bool, bool]
"""How requests end alike: outcome, status, whether the workflow was invoked, whether the caller's
credentials hold.
"""


class _Hook:
    """The places of one hook's series, each looked up once."""

    __slots__ = ("endings", "in_flight", "name", "seconds", "workflow")

    def __init__(self, name: str, series: Series) -> None:
        self.name = name
        self.endings: dict[_Ending, tuple[int, ...]] = {}
        self.seconds = _place(series, REQUEST_SECONDS, name)
        self.workflow = _place(series, WORKFLOW_SECONDS, name) if name else 0
        self.in_flight = _place(series, IN_FLIGHT, name) if name else 0


class RequestMetrics:
    """Counts requests. Labels are names of hooks, outcomes and statuses: no stranger makes one."""

    def __init__(self, series: Series) -> None:
        self._series = series
        self._values = series.values
        self._hooks: dict[str, _Hook] = {}
        self._busy: set[str] = set()
        self._lost = _place(series, LOG_LOST)

    def __call__(self, exchange: Exchange) -> None:
        """Count a request that was answered."""
        values, ran = self._values, exchange.run != ""
        hook = self._hooks.get(exchange.hook) or self._hook(exchange.hook)
        ending = exchange.outcome, exchange.status, ran, exchange.proven
        for slot in hook.endings.get(ending) or self._ending(hook, ending):
            values[slot] += 1
        seconds = time.perf_counter() - exchange.started
        values[hook.seconds + bisect_left(SECONDS, seconds)] += 1
        values[hook.seconds + _SUM] += seconds
        if ran:
            seconds = exchange.workflow_ms / 1000
            values[hook.workflow + bisect_left(SECONDS, seconds)] += 1
            values[hook.workflow + _SUM] += seconds

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

    def _ending(self, hook: _Hook, ending: _Ending) -> tuple[int, ...]:
        """The places of what is counted for every request that ends so."""
        outcome, status, ran, proven = ending
        slots = [_place(self._series, REQUESTS, hook.name, outcome, str(status))]
        if status >= 400 and not ran:
            slots.append(_place(self._series, REFUSED, outcome))
        result = "accepted" if proven else _LOOKED_AT.get(outcome)
        if result is not None:
            slots.append(_place(self._series, AUTHENTICATION, hook.name, result))
        hook.endings[ending] = found = tuple(slots)
        return found


def _place(series: Series, family: Family, *labels: str) -> int:
    return series.place(family.series(*labels), family.slots)
