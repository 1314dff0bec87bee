"""An engine under test, with its workers and its clock in the test's hands."""

from __future__ import annotations

from typing import Protocol

from gateway.runs.memory.session import MemorySession
from gateway.runs.memory.store import MemoryStore
from gateway.runs.memory.table import Table
from gateway.runs.run import Policies
from gateway.runs.store import RunStore

START = 1_800_000_000.0


class Bench(Protocol):
    """One engine. Its clock stands still between two calls of `advance`."""

    async def open(self, policies: Policies) -> None:
        """Start with an empty store."""

    def now(self) -> float:
        """The store's clock."""

    async def join(self) -> RunStore:
        """The store as another worker sees it."""

    def slots(self, worker: RunStore, hook: str, concurrency: int) -> int:
        """How many of the attempts that a hook may have in flight one worker may make."""

    async def crash(self, worker: RunStore) -> None:
        """A worker is gone without a word; returns when the store knows."""

    async def reopen(self) -> bool:
        """The store's process is killed and started again; its workers go on. Returns whether a
        process was: which hooks are left alone for some seconds, only its memory knows.
        """

    async def follow(self, policies: Policies) -> None:
        """Take the policies of another generation."""

    async def advance(self, seconds: float) -> None:
        """Let time pass."""

    async def settle(self) -> None:
        """Return when the store has nothing to do, and all that it said has arrived."""

    async def close(self) -> None:
        """End everything."""


class MemoryBench:
    """The memory store: it has no process that could be killed."""

    def __init__(self) -> None:
        self._now = START
        self._store = MemoryStore(Table(self.now))

    async def open(self, policies: Policies) -> None:
        self._store.follow(policies)

    def now(self) -> float:
        return self._now

    async def join(self) -> RunStore:
        return self._store.session()

    def slots(self, _worker: RunStore, _hook: str, concurrency: int) -> int:
        return concurrency

    async def crash(self, worker: RunStore) -> None:
        assert isinstance(worker, MemorySession)
        await worker.close()

    async def reopen(self) -> bool:
        return False

    async def follow(self, policies: Policies) -> None:
        self._store.follow(policies)

    async def advance(self, seconds: float) -> None:
        self._now += seconds
        self._store.turn()

    async def settle(self) -> None:
        pass

    async def close(self) -> None:
        self._store.close()
