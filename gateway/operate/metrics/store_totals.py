"""The numbers of the store as series: sums that never go back when the store is replaced."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import add

from gateway.operate.metrics import store_families as f
from gateway.operate.metrics.families import Family
from gateway.runs.histogram import Histogram
from gateway.runs.run import FINAL, State
from gateway.runs.stats import HookStats, Stats

Numbers = list[float]
Counted = dict[tuple[Family, tuple[str, ...]], Numbers]
Series = tuple[Family, tuple[str, ...], Numbers]
_BREAKER = {"closed": 0.0, "half-open": 1.0, "open": 2.0}
_PENDING = (State.WAITING, State.QUEUED)
_COUNTED = (*_PENDING, State.RUNNING, State.DEAD)


class StoreTotals:
    """What all stores counted that were asked. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: Counted = {}
        self._last: Stats | None = None

    def __call__(
        self, stats: Stats | None, restarts: int
    ) -> dict[str, dict[tuple[str, ...], Numbers]]:
        """Numbers by the values of the labels, by the name of the metric; `stats` is None while the
        store does not answer. Only hooks that the store knows now are labels.
        """
        found: defaultdict[str, dict[tuple[str, ...], Numbers]] = defaultdict(dict)
        found[f.UP.name][()] = [float(stats is not None)]
        found[f.RESTARTS.name][()] = [float(restarts)]
        with self._lock:
            self._take(stats)
            for (family, labels), numbers in self._sums():
                found[family.name][labels] = numbers
        for family, labels, numbers in _gauges(stats) if stats else ():
            found[family.name][labels] = numbers
        return found

    def _take(self, stats: Stats | None) -> None:
        """Keep what a store counted that another one has taken the place of."""
        if stats is None:
            return
        if self._last is not None and self._last.started != stats.started:
            self._ended = _added(self._ended, _counters(self._last))
        self._last = stats

    def _sums(self) -> Iterator[tuple[tuple[Family, tuple[str, ...]], Numbers]]:
        last = self._last
        if last is None:
            return
        for key, numbers in _added(self._ended, _counters(last)).items():
            family, labels = key
            if family.labels[:1] != ("hook",) or labels[0] in last.hooks:
                yield key, numbers


def _added(to: Counted, series: Iterable[Series]) -> Counted:
    sums = dict(to)
    for family, labels, numbers in series:
        known = sums.get((family, labels))
        sums[family, labels] = list(map(add, known, numbers)) if known else numbers
    return sums


def _counters(stats: Stats) -> Iterator[Series]:
    for name, hook in stats.hooks.items():
        yield from _of_hook(name, hook)
    for reason in ("size", "runs", "limit"):
        yield f.REFUSED, (reason,), [stats.refused.get(reason, 0)]
    yield from _histogram(f.COMMIT_SECONDS, (), stats.commit_seconds)
    yield from _histogram(f.BATCH_SIZE, (), stats.batch_size)
    yield f.LATE_RESULTS, (), [stats.late_results]
    yield f.INTERRUPTED, (), [stats.interrupted]


def _of_hook(name: str, hook: HookStats) -> Iterator[Series]:
    yield f.ACCEPTED, (name,), [hook.accepted]
    yield f.DUPLICATES, (name,), [hook.duplicates]
    for outcome, count in hook.attempts.items():
        yield f.ATTEMPTS, (name, outcome), [count]
    for state in FINAL:
        # From the start, so that the first dead run is an increase.
        yield f.FINISHED, (name, state), [hook.finished.get(state, 0)]
    yield from _histogram(f.ATTEMPT_SECONDS, (name,), hook.attempt_seconds)
    yield from _histogram(f.LATENCY_SECONDS, (name,), hook.latency_seconds)


def _histogram(family: Family, labels: tuple[str, ...], told: Histogram) -> Iterable[Series]:
    if told.counts:
        yield family, labels, [*told.counts, told.total]


def _gauges(stats: Stats) -> Iterator[Series]:
    for name, hook in stats.hooks.items():
        for state in _COUNTED:
            yield f.RUNS, (name, state), [hook.states.get(state, 0)]
        held = sum(hook.states.get(state, 0) for state in _PENDING) if hook.held else 0
        yield f.HELD, (name,), [held]
        yield f.RATE_LIMITED, (name,), [float(hook.rate_limited)]
        late = 0.0 if hook.oldest_due is None else max(stats.clock - hook.oldest_due, 0.0)
        yield f.OLDEST_DUE, (name,), [late]
    for name, target in stats.targets.items():
        yield f.BREAKER, (name,), [_BREAKER[target.breaker]]
        yield f.TARGET_IN_FLIGHT, (name,), [target.in_flight]
    yield f.BYTES, (), [stats.bytes_used]
    yield from _of_engine(stats)
    yield f.CLOCK_OFFSET, (), [stats.clock_offset]


def _of_engine(stats: Stats) -> Iterator[Series]:
    """What there is of a file alone, or of a database alone."""
    for family, number in (
        (f.WAL_BYTES, stats.wal_bytes),
        (f.LIMIT_BYTES, stats.bytes_limit),
        (f.DEAD_TUPLES, stats.dead_rows),
        (f.OLDEST_XMIN, stats.oldest_xmin),
    ):
        if number is not None:
            yield family, (), [number]
