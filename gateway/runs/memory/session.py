"""A memory store as one worker sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from gateway.runs.memory import commands, transactions
from gateway.runs.memory.row import Row
from gateway.runs.memory.table import Table
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Record, Result, State
from gateway.runs.selection import Changed, Detail, Page, Query, Selection
from gateway.runs.stats import Stats
from gateway.runs.store import RETRY_LATER, StoreUnavailable


class Shared(Protocol):
    """What a session has of the store: its runs, and ways to say that something happened."""

    table: Table

    def turn(self) -> None:
        """Assign what may start."""

    def stop(self, number: int, run: str, attempt: int) -> None:
        """An attempt is no longer that session's."""

    def leave(self, number: int) -> None:
        """The session is over."""

    async def change(self, run: str, seconds: float) -> None:
        """Return when the run has changed, or time is up."""


class MemorySession:
    """The `RunStore` of one worker."""

    def __init__(self, shared: Shared, number: int, generation: int = 1) -> None:
        self.number = number
        self._shared = shared
        self._generation = generation
        self._start: Callable[[Assignment], None] = lambda _assignment: None
        self._stop: Callable[[str, int], None] = lambda _run, _attempt: None
        self._closed = False

    async def accept(self, new: NewRun) -> Accepted | Duplicate:
        accepted = transactions.accept(self._table, self.number, new)
        self._shared.turn()
        return accepted

    def deliver(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        self._start, self._stop = start, stop
        self._join(credit)
        self._shared.turn()

    async def report(self, result: Result) -> bool:
        kept = transactions.report(self._table, self.number, result)
        self._shared.turn()
        return kept

    async def record(self, run: str) -> Record | None:
        row = self._table.rows.get(run)
        return None if row is None else self._record(row)

    async def wait(self, run: str, seconds: float) -> Record | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (row := self._table.rows.get(run)) is not None:
            left = until - loop.time()
            if row.state.final or left <= 0 or self._later(row, left):
                return self._record(row)
            await self._shared.change(run, left)
        return None

    async def list(self, query: Query) -> Page:
        return commands.records(self._table, query)

    async def show(self, run: str) -> Detail | None:
        row = self._table.rows.get(run)
        return None if row is None else row.detail(commands.held(self._table, row))

    async def payload(self, run: str) -> bytes | None:
        row = self._table.rows.get(run)
        return None if row is None else row.invocation

    async def replay(self, which: Selection, *, anew: bool) -> Changed:
        changed = commands.replay(self._table, which, anew)
        self._shared.turn()
        return changed

    async def cancel(self, which: Selection) -> Changed:
        changed = commands.cancel(self._table, which, self._shared.stop)
        self._shared.turn()
        return changed

    async def stats(self) -> Stats:
        return commands.stats(self._table)

    async def drain(self) -> None:
        self._join(0)
        while row := self._running():
            await self._shared.change(row.id, 3600)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._shared.leave(self.number)

    def start(self, assignment: Assignment) -> None:
        """The store has a run for this worker."""
        self._start(assignment)

    def stop(self, run: str, attempt: int) -> None:
        """The store has taken a run from this worker."""
        self._stop(run, attempt)

    def _join(self, credit: int) -> None:
        table = self._table
        table.dispatcher.joined(self.number, self._generation, credit, table.now())

    @property
    def _table(self) -> Table:
        if self._closed:
            raise StoreUnavailable("The gateway is shutting down.", RETRY_LATER)
        return self._shared.table

    def _record(self, row: Row) -> Record:
        return row.record(commands.held(self._table, row))

    def _later(self, row: Row, left: float) -> bool:
        """Whether the next attempt is later than the time that is left."""
        return (
            row.state is State.QUEUED and row.due is not None and row.due > self._table.now() + left
        )

    def _running(self) -> Row | None:
        rows = self._table.rows.values()
        return next((row for row in rows if row.owner == self.number), None)
