"""Stores of gateways that share a database, and what they are given."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

from gateway.ids import uuid7
from gateway.runs.postgres.store import PostgresStore
from gateway.runs.run import Accepted, Assignment, NewRun, Policies, Policy, Record, Result
from tests.runs.postgres.databases import database_of
from tests.support.postgres import Server

PATIENCE = 20.0
POLICY = Policy(target="http://workflows:80", concurrency=100)
POLICIES = Policies(1, {"orders": POLICY})


class Gateway:
    """One process that takes turns by itself."""

    def __init__(
        self, at: Server, database: str, policies: Policies = POLICIES, **more: Any
    ) -> None:
        self.started: list[Assignment] = []
        self.stopped: list[tuple[str, int]] = []
        self.store = PostgresStore(
            database_of(at, database, **more), runs=1_000_000, targets=1000, gateway="one"
        )
        self.store.serving(policies)

    def take(self, credit: int = 128) -> None:
        """Be given runs."""
        self.store.deliver(self.started.append, lambda *one: self.stopped.append(one), credit)

    async def accept(self, **more: Any) -> Accepted:
        answer = await self.store.accept(a_run(**more))
        assert isinstance(answer, Accepted)
        return answer

    async def end(self, run: str, attempt: int = 1, **more: Any) -> bool:
        given = {"outcome": "succeeded", **more}
        return await self.store.report(Result(run=run, attempt=attempt, **given))

    async def record(self, run: str) -> Record:
        record = await self.store.record(run)
        assert record is not None
        return record


def a_run(**more: Any) -> NewRun:
    given = {"hook": "orders", "invocation": b"data", "gate": b"8 bytes.", "give_up": 3600.0}
    return NewRun(**{"id": uuid7(), **given, **more})


@asynccontextmanager
async def gateways(
    at: Server, database: str, count: int = 1, policies: Policies = POLICIES, **more: Any
) -> AsyncIterator[list[Gateway]]:
    """So many, which are connected and take runs."""
    made = [Gateway(at, database, policies, **more) for _ in range(count)]
    try:
        for one in made:
            one.take()
        await until(lambda: all(one.store.local.owner for one in made))
        await until(lambda: all(one.store.is_connected for one in made))
        yield made
    finally:
        await asyncio.gather(*(one.store.close() for one in made))


async def until(check: Callable[[], Any], patience: float = PATIENCE) -> None:
    """Return once something holds."""
    async with asyncio.timeout(patience):
        while not check():  # noqa: ASYNC110 - in another process
            await asyncio.sleep(0.005)


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """A test that is a coroutine."""

    @wraps(test)
    def run(*values: Any, **named: Any) -> None:
        asyncio.run(test(*values, **named))

    return run
