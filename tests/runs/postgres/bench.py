"""The PostgreSQL engine under test: a real server whose clock is moved."""

from __future__ import annotations

from functools import partial
from typing import Any

from gateway.runs.postgres.store import PostgresStore
from gateway.runs.run import Policies
from gateway.runs.store import RunStore
from tests.runs.bench import START
from tests.runs.postgres.databases import MOVED, connected, database_of, fresh, pooler
from tests.runs.sqlite.stores import until
from tests.support.postgres import server

CONNECTIONS = 3
ROUNDS = 2
"""In the second, each worker sees what the others did in the first."""
_CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname=$1 AND pid <> pg_backend_pid()"""


class PostgresBench:
    """One database. Workers take turns when they are told to."""

    def __init__(self) -> None:
        self._now = START
        self._workers: list[PostgresStore] = []
        self._admin: Any

    async def open(self, policies: Policies) -> None:
        self._policies = policies
        self._name = await fresh(MOVED)
        self._admin = await connected(server(), self._name)
        await self._set_clock()
        # Given no runs: it sees that another worker has ended where that was the last one.
        await self.join()

    async def _set_clock(self) -> None:
        await self._admin.execute("UPDATE clock.hand SET at=to_timestamp($1)", self._now)

    def now(self) -> float:
        return self._now

    async def join(self) -> RunStore:
        database = database_of(server(), self._name)
        worker = PostgresStore(
            database, runs=1_000_000, targets=512, monotonic=self.now, works=False
        )
        worker.serving(self._policies)
        await worker.keys
        self._workers.append(worker)
        return worker

    def slots(self, worker: RunStore, hook: str, concurrency: int) -> int:
        assert isinstance(worker, PostgresStore)
        return worker.local.shares.part(hook, concurrency)

    async def crash(self, worker: RunStore) -> None:
        assert isinstance(worker, PostgresStore)
        self._workers.remove(worker)
        worker.abort()
        await self._admin.execute("DELETE FROM gateway.owner WHERE id=$1", worker.local.owner)
        await self.settle()

    def leave_alone(self, worker: PostgresStore) -> None:
        """The worker takes no turns any more, unless a test says so."""
        self._workers.remove(worker)

    async def reopen(self) -> bool:
        if pooler() is None:  # whose clients keep their connections
            before = {worker: worker.connections for worker in self._workers}
            await self._admin.fetch(_CUT, self._name)
            for worker, made in before.items():
                await until(partial(_is_back, worker, made))
        await self.settle()
        return False

    async def follow(self, policies: Policies) -> None:
        self._policies = policies
        for worker in self._workers:
            worker.serving(policies)
        await self.settle()

    async def advance(self, seconds: float) -> None:
        self._now += seconds
        await self._set_clock()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(ROUNDS):
            for worker in list(self._workers):
                await self._turn(worker)

    async def _turn(self, worker: PostgresStore) -> None:
        if worker.is_closed:
            self._workers.remove(worker)
            return
        await worker.turn(every=True)

    async def close(self) -> None:
        for worker in self._workers:
            await worker.close()
        await self._admin.close()


def _is_back(worker: PostgresStore, made: int) -> bool:
    """Whether each of its connections was made anew."""
    return worker.is_connected and worker.connections >= made + CONNECTIONS
