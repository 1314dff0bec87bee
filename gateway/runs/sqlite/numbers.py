"""The store's numbers, as operators see them."""

from __future__ import annotations

from gateway.runs.counts import of_target
from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.control import StoreSettings
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.stats import Stats


def stats(unit: UnitOfWork, settings: StoreSettings, clock: Clock, started: int) -> Stats:
    """Everything, from memory. `started` is when the store was, in ms."""
    counts, now = unit.counts, unit.seconds
    agenda = unit.dispatcher.agenda
    return Stats(
        engine="sqlite",
        started=started / 1000,
        hooks={name: counts.of_hook(queue, now) for name, queue in agenda.queues.items()},
        targets={name: of_target(one, now) for name, one in agenda.targets.items()},
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
