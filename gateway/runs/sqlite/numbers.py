"""The store's numbers, as operators see them."""

from __future__ import annotations

from gateway.runs.counts import of_target
from gateway.runs.sqlite.books import Books
from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.orders import StoreSettings
from gateway.runs.stats import Stats


def stats(books: Books, settings: StoreSettings, clock: Clock, started: int) -> Stats:
    """Everything, from memory. `started` is when the store was, in ms."""
    counts, now = books.counts, books.seconds
    return Stats(
        engine="sqlite",
        started=started / 1000,
        hooks={name: counts.of_hook(line, now) for name, line in books.gate.lines.items()},
        targets={name: of_target(one, now) for name, one in books.gate.targets.items()},
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
