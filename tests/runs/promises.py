"""A store under test with one worker and one hook, for promises that every engine keeps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.ids import uuid7
from gateway.runs.run import (
    Accepted,
    Assignment,
    NewRun,
    Policies,
    Policy,
    Record,
    Result,
)
from gateway.runs.store import RunStore
from tests.runs.bench import Bench
from tests.runs.engines import ENGINES

POLICY = Policy(target="http://workflows:80", concurrency=20, limit=50, after=(10,), give_up=1000)


class Site:
    """One worker at one store with one hook, `orders`."""

    def __init__(self, bench: Bench, store: RunStore) -> None:
        self.bench = bench
        self.store = store
        self.assigned: list[Assignment] = []
        store.deliver(self.assigned.append, lambda _run, _attempt: None, 20)

    async def accept(self, start: bool = True, **more: Any) -> str:
        """The id of a run that the store has now."""
        new = a_run(start=start, **more)
        answer = await self.store.accept(new)
        assert isinstance(answer, Accepted)
        return answer.run

    async def end(self, run: str, outcome: Any = "succeeded", **more: Any) -> None:
        record = await self.record(run)
        result = Result(run=run, attempt=record.attempts, outcome=outcome, **more)
        assert await self.store.report(result)

    async def record(self, run: str) -> Record:
        record = await self.store.record(run)
        assert record is not None
        return record


def a_run(**more: Any) -> NewRun:
    given = {"hook": "orders", "invocation": b"data", "gate": b"32 bytes", "give_up": 1000.0}
    return NewRun(**{"id": uuid7(), **given, **more})


@asynccontextmanager
async def a_site(engine: str, policy: Policy = POLICY) -> AsyncIterator[Site]:
    bench = ENGINES[engine]()
    await bench.open(Policies(1, {"orders": policy}))
    try:
        site = Site(bench, await bench.join())
        await bench.settle()
        yield site
    finally:
        await bench.close()


Promise = Callable[[Site], Coroutine[Any, Any, None]]


def promised(promise: Promise) -> Callable[[str], None]:
    """A test of each engine: `promise` is given a site."""

    @pytest.mark.parametrize("engine", ENGINES)
    def test(engine: str) -> None:
        async def kept() -> None:
            async with a_site(engine) as site:
                await promise(site)

        asyncio.run(kept())

    return test
