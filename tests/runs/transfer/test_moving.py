"""Runs that are moved are the same as before, whatever cuts the move off."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.runs.frozen import Frozen
from gateway.runs.postgres.store import PostgresStore
from gateway.runs.sqlite.control import Failed
from gateway.runs.transfer.moving import Move
from gateway.runs.transfer.postgres import PostgresEnd
from gateway.runs.transfer.sqlite import SqliteEnd
from gateway.runs.transfer.store import MoveError, Store
from tests.runs.postgres.databases import database_of, fresh, run
from tests.runs.postgres.stores import gateways, in_loop, until
from tests.runs.sqlite.stores import StoreProcess
from tests.runs.transfer.filled import content, fill
from tests.support.postgres import server
from tests.support.thorough import THOROUGH

STEP = 1 if THOROUGH else 5
"""A move is cut off at each, or each fifth, of its calls."""
Place = Path | str
"""A directory, or the name of a database."""


@asynccontextmanager
async def opened(place: Place, new: bool = True) -> AsyncIterator[Store]:
    store: Store
    if isinstance(place, Path):
        store = SqliteEnd(place, new)
    else:
        store = await PostgresEnd.opened(database_of(server(), place), new)
    try:
        yield store
    finally:
        await store.close()


async def a_database() -> str:
    """An empty one; those of tests are copies, which have one id."""
    name = await fresh()
    await run(
        server(), name,
        "UPDATE gateway.meta SET value=uuid_send(gen_random_uuid()) WHERE name='store_id'",
    )  # fmt: skip
    return name


async def emptied(name: str) -> str:
    """The same database as if it were another one, which takes less than another one does."""
    await run(
        server(), name,
        "TRUNCATE gateway.run, gateway.payload, gateway.outputs, gateway.attempt, gateway.dedup",
        "DELETE FROM gateway.meta WHERE name='move'",
        "UPDATE gateway.meta SET value=uuid_send(gen_random_uuid()) WHERE name='store_id'",
    )  # fmt: skip
    return name


async def move(source: Place, target: Place, tell: Any = lambda *_: None) -> int:
    async with opened(source, False) as one, opened(target) as other:
        return await Move(one, other, tell).make()


async def frozen(place: Place) -> str:
    """Which way the runs of a store go, empty where gateways may use it."""
    async with opened(place) as store:
        found = await store.frozen()
        return found.direction if found else ""


async def refusal(source: Place, target: Place) -> str:
    with pytest.raises(MoveError) as refused:
        await move(source, target)
    return str(refused.value)


class _CutError(Exception):
    """The process has ended."""


class Cut:
    """A store that is there for so many calls, and then the process ends: before the call, or when
    the store has done it.
    """

    def __init__(self, store: Store, calls: list[int], after: bool) -> None:
        self._store = store
        self._calls = calls
        self._after = after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return found if name == "name" else self._cutting(found)

    def _cutting(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def cut(*values: Any) -> Any:
            self._calls[0] -= 1
            if self._calls[0] == 0 and not self._after:
                raise _CutError
            found = await call(*values)
            if self._calls[0] == 0:
                raise _CutError
            return found

        return cut


@in_loop
async def test_everything_is_the_same_after_it_went_to_a_database_and_back() -> None:
    with _directory() as directory:
        source, database, back = fill(directory / "a", 2500), await a_database(), directory / "b"
        before = content(source)
        told: list[tuple[int, int]] = []
        assert await move(source, database, lambda *one: told.append(one)) == 2500
        assert told[0] == (0, 2500)
        assert told[-1] == (2500, 2500)
        assert await move(database, back) == 2500
        assert content(back) == before


@in_loop
async def test_one_directory_may_be_moved_to_another_and_one_database_to_another() -> None:
    with _directory() as directory:
        source, target = fill(directory / "a", 30), directory / "b"
        before = content(source)
        await move(source, target)
        assert content(target) == before
        one, other = await a_database(), await a_database()
        await move(target, one)
        await move(one, other)
        await move(other, directory / "c")
        assert content(directory / "c") == before


@in_loop
async def test_what_is_large_is_moved_in_small_parts() -> None:
    with _directory() as directory:
        source = fill(directory / "a", 5, size=3 * 1024 * 1024)
        told: list[tuple[int, int]] = []
        await move(source, await a_database(), lambda *one: told.append(one))
        assert told == [(0, 5), (2, 5), (4, 5), (5, 5)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("to_database", [False, True], ids=["directory", "database"])
@in_loop
async def test_a_move_that_was_cut_off_anywhere_goes_on(to_database: bool, after: bool) -> None:
    with _directory() as directory:
        whole = fill(directory / "whole", 30)
        before = content(whole)
        database = await a_database()
        for count in range(1 + after, 100, STEP):
            source = Path(shutil.copytree(whole, directory / f"source{count}"))
            target: Place = await emptied(database) if to_database else directory / f"t{count}"
            ended = await _cut_at(source, target, count, after)
            # Whatever happened, gateways may use one of the two at most, and it has all runs.
            usable = [place for place in (source, target) if not await frozen(place)]
            assert source not in usable or usable == [source] or not await _last(target)
            if not ended:
                assert await _done(source, target)
            result = directory / f"result{count}"
            await move(target, result)
            assert content(result) == before
            if ended:
                return


async def _cut_at(source: Place, target: Place, count: int, after: bool) -> bool:
    """Whether the move came to its end before that many calls."""
    calls = [count]
    async with opened(source) as one, opened(target) as other:
        try:
            await Move(Cut(one, calls, after), Cut(other, calls, after)).make()
        except _CutError:
            return False
        return True


async def _done(source: Place, target: Place) -> bool:
    """Go on, unless nothing but the last word was missing."""
    if await frozen(source) == "moved" and not await frozen(target):
        return True
    return await move(source, target) == 30


async def _last(place: Place) -> int:
    async with opened(place) as store:
        return await store.last()


@in_loop
async def test_a_move_that_is_given_up_leaves_the_source_as_it_was() -> None:
    for target in (await a_database(), None):
        with _directory() as directory:
            source, to = fill(directory / "a", 30), target or directory / "b"
            before = content(source)
            await _cut_at(source, to, 19, True)
            assert (await frozen(source), await frozen(to)) == ("to", "from")
            async with opened(source) as one, opened(to) as other:
                await Move(one, other).abandon()
            assert (await frozen(source), await frozen(to), await _last(to)) == ("", "", 0)
            assert content(source) == before
            await move(source, to)
            assert await frozen(source) == "moved"
            async with opened(source) as one, opened(to) as other:
                with pytest.raises(MoveError, match="has ended"):
                    await Move(one, other).abandon()


@in_loop
async def test_a_move_that_never_was_cannot_be_given_up() -> None:
    with _directory() as directory:
        async with opened(fill(directory / "a", 3)) as one, opened(await a_database()) as other:
            with pytest.raises(MoveError, match="there is no move from"):
                await Move(one, other).abandon()


@in_loop
async def test_runs_are_only_moved_to_where_none_are() -> None:
    with _directory() as directory:
        one, other = fill(directory / "a", 3), fill(directory / "b", 4)
        database = await a_database()
        assert "has runs of its own" in await refusal(one, other)
        assert await frozen(one) == ""
        await move(one, database)
        assert "has runs of its own" in await refusal(other, database)
        assert "were moved to" in await refusal(one, directory / "c")
        assert "were moved to" in await refusal(one, database)
        assert f"remove the files runs.* in {one}" in await refusal(database, one)
        await move(database, directory / "d")
        assert "run DROP SCHEMA gateway CASCADE in postgres://" in await refusal(other, database)
        copy = Path(shutil.copytree(other, directory / "copy"))
        assert "the same store, or copies of one" in await refusal(other, copy)
        assert "there is no file runs.db" in await refusal(directory / "nothing", database)


@in_loop
async def test_a_store_takes_part_in_one_move() -> None:
    with _directory() as directory:
        one, other = fill(directory / "a", 3), fill(directory / "b", 4)
        database = await a_database()
        assert not await _cut_at(one, database, 19, True)
        assert "which has not ended" in await refusal(one, directory / "c")
        assert "which has not ended" in await refusal(other, database)
        assert "which has not ended" in await refusal(database, directory / "d")
        assert await move(one, database) == 3


@in_loop
async def test_a_store_that_a_gateway_uses_is_left_alone() -> None:
    with _directory() as directory:
        source, database = fill(directory / "a", 3), await a_database()
        process = StoreProcess(source)
        process.ready()
        assert "is used by another gateway" in await refusal(source, database)
        process.stop()
        async with gateways(server(), database):
            assert "is used by" in await refusal(source, database)
            assert "is used by" in await refusal(database, directory / "b")
            assert (await frozen(source), await frozen(database)) == ("", "")


@in_loop
async def test_a_gateway_that_comes_while_a_move_begins_keeps_its_store() -> None:
    with _directory() as directory:
        database, target = await a_database(), directory / "b"

        class Late(Cut):
            """A gateway begins to use it once it was looked at."""

            async def users(self) -> list[str]:
                self._calls[0] += 1
                return [] if self._calls[0] == 1 else ["host/1"]

        async with opened(database) as one, opened(target) as other:
            with pytest.raises(MoveError, match="is used by host/1"):
                await Move(Late(one, [0], False), other).make()
        assert (await frozen(database), await frozen(target)) == ("", "")


@pytest.mark.parametrize("way", ["to", "from", "moved"])
@in_loop
async def test_no_gateway_begins_with_a_store_whose_runs_are_moved(way: Any) -> None:
    with _directory() as directory:
        source, database = fill(directory / "a", 3), await a_database()
        for place in (source, database):
            async with opened(place) as store:
                await store.freeze(Frozen(way, "00", "the other"))
        said = "were moved to the other" if way == "moved" else f"{way} the other has not ended"
        process = StoreProcess(source)
        heard = process.heard()
        assert isinstance(heard, Failed)
        assert said in heard.sentence
        process.close()
        shared = PostgresStore(database_of(server(), database), runs=10, targets=10)
        shared.deliver(lambda _one: None, lambda *_: None, 10)
        await until(lambda: said in shared.unfit)
        await shared.close()
        async with opened(database) as end:
            assert await end.users() == []


@in_loop
async def test_what_a_gateway_had_in_flight_is_interrupted_where_it_came_to() -> None:
    with _directory() as directory:
        database, other = await a_database(), await a_database()
        async with gateways(server(), database) as [used]:
            run_id = (await used.accept()).run
            await until(lambda: used.started or used.store.local.holding)
            used.store.abort()
        await run(server(), database, "DELETE FROM gateway.owner")
        await move(database, other)
        async with gateways(server(), other) as [goes_on]:
            await until(lambda: any(one.run == run_id for one in goes_on.started))
            assert goes_on.started[0].attempt == 2
        await move(other, directory / "b")
        process = StoreProcess(directory / "b")
        assert process.ready().unfinished == 1
        process.stop()


@contextmanager
def _directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="move") as made:
        yield Path(made)
