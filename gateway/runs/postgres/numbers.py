"""The numbers of several processes as those of one store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import TypeVar

import msgspec

from gateway.runs.counts import Counts, of_target
from gateway.runs.histogram import Histogram
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.stats import HookStats, Stats, TargetStats

T = TypeVar("T")
_POSITIONS = ("closed", "half-open", "open")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Stats).decode


def own_stats(local: LocalState, counts: Counts) -> Stats:
    """What one process knows by itself, without asking; of its past, what is in `counts`."""
    now = local.now
    agenda = local.dispatcher.agenda
    return Stats(
        engine="postgres",
        hooks={name: counts.of_hook(queue, now) for name, queue in agenda.queues.items()},
        targets={name: of_target(one, now) for name, one in agenda.targets.items()},
        runs=local.unfinished,
        clock=now,
        late_results=counts.late,
        interrupted=counts.interrupted,
        refused=dict(counts.refused),
        commit_seconds=local.commits.told(),
        batch_size=counts.batch_size.told(),
    )


def own_numbers(local: LocalState) -> bytes:
    """The same as it is told to others."""
    return _encode(own_stats(local, local.counts))


class Said(msgspec.Struct, frozen=True):
    """The numbers of another process, encoded, and whether it has ended."""

    owner: int
    told: bytes
    ended: bool


class GatewayTotals:
    """What the processes of a gateway have counted, those that have ended among them."""

    def __init__(self) -> None:
        self._told: dict[int, Stats] = {}
        self._there: list[Stats] = []

    def hear(self, rows: Iterable[Said]) -> None:
        """What processes say now, or said when they ended. What a later version of the gateway says
        is left out where it cannot be read.
        """
        self._there = []
        for said in rows:
            try:
                stats = _decode(said.told)
            except msgspec.MsgspecError:
                continue
            self._told[said.owner] = stats
            if not said.ended:
                self._there.append(stats)

    def added(self, stats: Stats) -> Stats:
        """Gauges of the database with what was counted of the past, and with what is in flight."""
        every = [stats, *self._told.values()]
        return msgspec.structs.replace(
            stats,
            hooks={
                name: _hook(one, _of(name, every), _of(name, self._there))
                for name, one in stats.hooks.items()
            },
            targets=_targets(self._there),
            late_results=sum(one.late_results for one in every),
            interrupted=sum(one.interrupted for one in every),
            refused=_sum(one.refused for one in every),
            commit_seconds=_histogram([one.commit_seconds for one in every]),
            batch_size=_histogram([one.batch_size for one in every]),
        )


def _of(name: str, every: Iterable[Stats]) -> list[HookStats]:
    return [stats.hooks[name] for stats in every if name in stats.hooks]


def _hook(now: HookStats, every: list[HookStats], there: list[HookStats]) -> HookStats:
    return msgspec.structs.replace(
        now,
        # Who asks starts nothing, and knows of no rate.
        rate_limited=any(one.rate_limited for one in there),
        accepted=sum(one.accepted for one in every),
        duplicates=sum(one.duplicates for one in every),
        attempts=_sum(one.attempts for one in every),
        finished=_sum(one.finished for one in every),
        attempt_seconds=_histogram([one.attempt_seconds for one in every]),
        latency_seconds=_histogram([one.latency_seconds for one in every]),
    )


def _targets(there: Iterable[Stats]) -> dict[str, TargetStats]:
    found: dict[str, TargetStats] = {}
    for stats in there:
        for name, one in stats.targets.items():
            known = found.get(name)
            found[name] = one if known is None else _target(known, one)
    return found


def _target(one: TargetStats, other: TargetStats) -> TargetStats:
    quiet = [until for until in (one.quiet_until, other.quiet_until) if until is not None]
    return TargetStats(
        breaker=max(one.breaker, other.breaker, key=_POSITIONS.index),
        in_flight=one.in_flight + other.in_flight,
        slots=one.slots + other.slots,
        quiet_until=max(quiet, default=None),
    )


def _sum(every: Iterable[Mapping[T, int]]) -> dict[T, int]:
    total: Counter[T] = Counter()
    for one in every:
        total.update(one)
    return dict(total)


def _histogram(every: list[Histogram]) -> Histogram:
    counts = zip_longest(*(one.counts for one in every), fillvalue=0)
    return Histogram(tuple(map(sum, counts)), sum(one.total for one in every))
