"""The memory store: one table, a session for each worker, and a timer."""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import suppress
from itertools import count

from gateway.runs.memory import transactions
from gateway.runs.memory.row import Row
from gateway.runs.memory.session import MemorySession
from gateway.runs.memory.table import Table
from gateway.runs.run import Policies


class MemoryStore:
    """What sessions share. Nothing outlives the process."""

    def __init__(self, table: Table | None = None) -> None:
        self.table = Table(time.time) if table is None else table
        self.table.changed = self._tell
        self._numbers = count(1)
        self._sessions: dict[int, MemorySession] = {}
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def session(self) -> MemorySession:
        """What one worker is lent."""
        number = next(self._numbers)
        session = self._sessions[number] = MemorySession(self, number)
        return session

    def follow(self, policies: Policies) -> None:
        """Take the policies of another generation."""
        self.table.follow(policies)
        self.turn()

    def turn(self) -> None:
        """Do what time asks for, and assign what may start."""
        transactions.sweep(self.table)
        for number, assignment in list(transactions.claims(self.table)):
            self._sessions[number].start(assignment)
        self._arm()

    def leave(self, number: int) -> None:
        """A worker is gone."""
        self._sessions.pop(number, None)
        transactions.leave(self.table, number)
        self.turn()

    def stop(self, number: int, run: str, attempt: int) -> None:
        """An attempt is no longer a worker's."""
        if session := self._sessions.get(number):
            session.stop(run, attempt)

    async def change(self, run: str, seconds: float) -> None:
        """Return when a run has changed, or time is up."""
        future = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(run, set())
        waiting.add(future)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await future
        finally:
            waiting.discard(future)
            if not waiting:
                self._waiting.pop(run, None)

    def _tell(self, row: Row) -> None:
        for future in self._waiting.pop(row.id, set()):
            if not future.done():
                future.set_result(None)

    def _arm(self) -> None:
        """Take the next turn when there is something to do."""
        if self._timer is not None:
            self._timer.cancel()
        wakes = transactions.wakes(self.table)
        if wakes < math.inf:
            delay = max(wakes - self.table.now(), 0.0)
            self._timer = asyncio.get_running_loop().call_later(delay, self.turn)

    def close(self) -> None:
        """Stop the timer. Runs are gone with the object."""
        if self._timer is not None:
            self._timer.cancel()
