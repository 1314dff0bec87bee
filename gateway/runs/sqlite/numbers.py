"""The store's numbers, as operators see them."""

from __future__ import annotations

import math

from gateway.runs.hook_queue import HookQueue
from gateway.runs.run import State
from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.control import StoreSettings
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.stats import HookStats, Stats, TargetStats
from gateway.runs.target import Target

_SHOWN = (State.WAITING, State.QUEUED, State.RUNNING, State.DEAD)


def stats(unit: UnitOfWork, settings: StoreSettings, clock: Clock, started: int) -> Stats:
    """Everything, from memory. `started` is when the store was, in ms."""
    counts, now = unit.counts, unit.seconds
    return Stats(
        engine="sqlite",
        started=started / 1000,
        hooks={name: _hook(unit, queue) for name, queue in unit.dispatcher.queues.items()},
        targets={name: _target(one, now) for name, one in unit.dispatcher.targets.items()},
        bytes_used=unit.db.used(),
        bytes_limit=settings.size,
        wal_bytes=unit.db.wal_bytes(),
        runs=unit.unfinished,
        runs_limit=settings.runs,
        clock=now,
        clock_offset=clock.offset(),
        late_results=counts.late,
        interrupted=counts.interrupted,
        refused=dict(counts.refused),
        commit_seconds=unit.db.commits.told(),
        batch_size=counts.batch_size.told(),
    )


def _hook(unit: UnitOfWork, queue: HookQueue) -> HookStats:
    counts, name, due = unit.counts, queue.name, min(queue.due)
    return HookStats(
        states={state: queue.counts[state] for state in _SHOWN if queue.counts[state]},
        oldest_due=due if due <= unit.seconds else None,
        held=queue.held(unit.seconds),
        accepted=counts.accepted[name],
        duplicates=counts.duplicates[name],
        attempts=dict(counts.attempts[name]),
        finished=dict(counts.finished[name]),
        attempt_seconds=counts.attempt_seconds[name].told(),
        latency_seconds=counts.latency_seconds[name].told(),
    )


def _target(target: Target, now: float) -> TargetStats:
    until = target.breaker.quiet_until
    return TargetStats(
        breaker=target.breaker.position(now),
        in_flight=target.in_flight,
        slots=target.breaker.slots(now),
        quiet_until=until if now < until < math.inf else None,
    )
