"""The SQLite engine under test: a real process, killed for real, with a clock that is moved."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from gateway.runs.run import Policies
from gateway.runs.sqlite.client import SqliteStore
from gateway.runs.sqlite.control import Serve
from gateway.runs.store import RunStore, StoreUnavailable
from tests.runs.bench import START
from tests.runs.sqlite.stores import StoreProcess, connected, fresh

TURNS = 8
"""As many as bring every task of the store and its work in steps to an end."""


class SqliteBench:
    """One process on a directory of its own."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory()
        self._clock = fresh.Value("q", int(START * 1000))
        self._workers: list[SqliteStore] = []
        self._processes = 0

    async def open(self, policies: Policies) -> None:
        self._policies = policies
        await self._serve()

    async def _serve(self) -> None:
        self._store = StoreProcess(
            Path(self._directory.name), self._clock, self._policies, workers=len(self._workers)
        )
        await asyncio.to_thread(self._store.ready)

    def now(self) -> float:
        return float(self._clock.value / 1000)

    async def join(self) -> RunStore:
        self._processes += 1
        worker = await connected(self._store.socket, self._processes)
        worker.serving(Policies(1, {}))
        self._workers.append(worker)
        return worker

    def slots(self, _worker: RunStore, _hook: str, concurrency: int) -> int:
        return concurrency

    async def crash(self, worker: RunStore) -> None:
        assert isinstance(worker, SqliteStore)
        self._workers.remove(worker)
        worker.abort()
        await asyncio.sleep(0)
        await self.settle()

    async def reopen(self) -> bool:
        self._store.kill()
        await self._serve()
        await self.settle()
        return True

    async def follow(self, policies: Policies) -> None:
        self._policies = policies
        self._store.say(Serve(policies))
        await self.settle()

    async def advance(self, seconds: float) -> None:
        self._clock.value += int(seconds * 1000)
        await self.settle()

    async def settle(self) -> None:
        for worker in list(self._workers):
            try:
                await worker.stats()
            except StoreUnavailable:  # it left
                self._workers.remove(worker)
        for _ in range(TURNS if self._workers else 0):
            await self._workers[0].stats()
        for worker in self._workers[1:]:
            await worker.stats()

    async def close(self) -> None:
        for worker in self._workers:
            await worker.close()
        self._store.close()
        self._directory.cleanup()
