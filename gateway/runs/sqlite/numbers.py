"""The store's numbers, as operators see them."""

from __future__ import annotations

import math

from gateway.runs.line import Line
from gateway.runs.run import State
from gateway.runs.sqlite.books import Books
from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.orders import StoreSettings
from gateway.runs.stats import HookStats, Stats, TargetStats
from gateway.runs.target import Target

_SHOWN = (State.WAITING, State.QUEUED, State.RUNNING, State.DEAD)


def stats(books: Books, settings: StoreSettings, clock: Clock, started: int) -> Stats:
    """Everything, from memory. `started` is when the store was, in ms."""
    counts, now = books.counts, books.seconds
    return Stats(
        engine="sqlite",
        started=started / 1000,
        hooks={name: _hook(books, line) for name, line in books.gate.lines.items()},
        targets={name: _target(one, now) for name, one in books.gate.targets.items()},
        bytes_used=books.db.used(),
        bytes_limit=settings.size,
        wal_bytes=books.db.wal_bytes(),
        runs=books.unfinished,
        runs_limit=settings.runs,
        clock=now,
        clock_offset=clock.offset(),
        late_results=counts.late,
        interrupted=counts.interrupted,
        refused=dict(counts.refused),
        commit_seconds=books.db.commits.told(),
        batch_size=counts.batch_size.told(),
    )


def _hook(books: Books, line: Line) -> HookStats:
    counts, name, due = books.counts, line.name, min(line.due)
    return HookStats(
        states={state: line.counts[state] for state in _SHOWN if line.counts[state]},
        oldest_due=due if due <= books.seconds else None,
        held=line.held(books.seconds),
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
