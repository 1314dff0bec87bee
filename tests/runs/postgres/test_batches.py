"""Batches on connections that take as long as a test lets them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast

import pytest

from gateway.runs.postgres.batches import Batches
from gateway.runs.postgres.link import Link
from gateway.runs.postgres.session import Session
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.stores import in_loop, until


class Connection:
    """Writes nothing until it is let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()

    async def run(self, work: Callable[[Any], Awaitable[Any]]) -> Any:
        answers = await work(None)
        await self.let.wait()
        return answers


class Written:
    """Batches of numbers on so many connections, and what was given to each of them, in order."""

    def __init__(self, connections: int) -> None:
        self.batches: list[list[int]] = []
        self.abandoned: list[int] = []
        self.connections = [Connection() for _ in range(connections)]
        self.all: Batches[int, int] = Batches(
            [cast("Link", one) for one in self.connections],
            self._write,
            lambda _one: 1,
            lambda one, _answer: self.abandoned.append(one),
            lambda _ones: None,
        )

    async def _write(self, _session: Session, ones: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(ones))
        return ones

    def ask(self, *ones: int) -> list[asyncio.Task[int]]:
        return [asyncio.create_task(self.all.ask(one, None)) for one in ones]


@in_loop
async def test_what_comes_while_a_batch_is_committed_is_one_batch_on_the_next_connection() -> None:
    written = Written(2)
    first = written.ask(1, 2, 3)
    await until(lambda: written.batches == [[1, 2, 3]])
    more = written.ask(4)
    await asyncio.sleep(0)
    more += written.ask(5)
    # The first one is still being committed.
    await until(lambda: written.batches == [[1, 2, 3], [4, 5]])
    for one in written.connections:
        one.let.set()
    assert await asyncio.gather(*first, *more) == [1, 2, 3, 4, 5]
    await written.all.close()


@in_loop
async def test_nothing_is_written_for_who_has_given_up() -> None:
    written = Written(1)
    [first] = written.ask(1)
    await until(lambda: written.batches == [[1]])
    with pytest.raises(StoreUnavailable):
        await written.all.ask(2, 0.01)
    [third] = written.ask(3)
    await asyncio.sleep(0)
    third.cancel()
    [last] = written.ask(4)
    written.connections[0].let.set()
    assert [await first, await last] == [1, 4]
    assert written.batches == [[1], [4]]
    assert written.abandoned == []
    await written.all.close()


@in_loop
async def test_what_was_written_for_who_has_given_up_is_told() -> None:
    written = Written(1)
    [first] = written.ask(1)
    with pytest.raises(StoreUnavailable):
        await asyncio.gather(written.all.ask(2, 0.01))
    await until(lambda: bool(written.batches))
    first.cancel()
    written.connections[0].let.set()
    await until(lambda: written.abandoned != [])
    assert written.abandoned == [one for batch in written.batches for one in batch]
    await written.all.close()
