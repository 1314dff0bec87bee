"""What this process is asked about runs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial

import msgspec

from gateway.runs.counts import Counts
from gateway.runs.postgres import counting, owners, reading
from gateway.runs.postgres.batches import Batches
from gateway.runs.postgres.changes import Changes
from gateway.runs.postgres.link import LOOK_UP, Link
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.numbers import GatewayTotals, own_stats
from gateway.runs.postgres.session import Session
from gateway.runs.run import Record
from gateway.runs.selection import Detail, Page, Query
from gateway.runs.stats import Stats

_AGAIN = 0.25
"""Seconds between two looks at a run that another process may have."""


class Lookups:
    """Reads, beside what else is done on a connection. `gateway` is the one whose operators ask,
    None where a process is asked about itself. `counted` are the counts of that gateway which none
    of its processes says: those of `local`, unless another store of the process says them.
    """

    def __init__(
        self, local: LocalState, link: Link, runs: int, gateway: str | None, counted: Counts
    ) -> None:
        self._local = local
        self._link = link
        self._runs = runs
        self._gateway = gateway
        self._counted = counted
        self._totals = GatewayTotals()
        self._started = time.time()
        self._loop = asyncio.get_running_loop()
        self._changes = Changes()
        local.changed = self._changes.tell
        self.batches: Batches[str, Record | None] = Batches(
            [link], self._records, lambda _run: 0, lambda _run, _record: None, lambda _runs: None
        )

    async def _records(self, session: Session, runs: Sequence[str]) -> list[Record | None]:
        return await reading.records(session, self._local, runs)

    async def record(self, run: str) -> Record | None:
        """A run as it is."""
        return await self.batches.ask(run, LOOK_UP)

    async def wait(self, run: str, seconds: float) -> Record | None:
        """A run as soon as there is nothing to wait for."""
        until = self._loop.time() + seconds
        while True:
            changed = self._changes.expect(run)
            try:
                record = await self.record(run)
                left = until - self._loop.time()
                if record is None or left <= 0 or self._is_settled(record, left):
                    return record
                await asyncio.wait((changed,), timeout=min(left, _AGAIN))
            finally:
                self._changes.forget(run, changed)

    def _is_settled(self, record: Record, left: float) -> bool:
        """Whether nothing happens to the run in the time that is left."""
        later = record.next_attempt is not None and record.next_attempt > self._local.now + left
        return record.state.final or later

    async def list(self, query: Query) -> Page:
        """Runs, newest first."""
        return await reading.page(self._link.run, self._local, query)

    async def show(self, run: str) -> Detail | None:
        """Everything about one run but its payload."""
        return await self._link.run(partial(reading.show, self._local, run), LOOK_UP)

    async def payload(self, run: str) -> bytes | None:
        """The invocation of a run as it was accepted, encoded."""
        return await self._link.run(partial(reading.payload, run), LOOK_UP)

    async def stats(self) -> Stats:
        """Counts and gauges: where it is told of a gateway, those of all its processes."""
        local = self._local
        space = await self._link.run(partial(counting.all_numbers, local), LOOK_UP)
        stats = msgspec.structs.replace(
            own_stats(local, self._counted),
            started=self._started,
            bytes_used=space.used,
            dead_rows=space.dead_rows,
            oldest_xmin=space.oldest_xmin,
            runs_limit=self._runs,
            clock_offset=time.time() - local.now,
        )
        if self._gateway is None:
            return stats
        self._totals.hear(await self._link.run(partial(owners.numbers, self._gateway), LOOK_UP))
        return self._totals.added(stats)
