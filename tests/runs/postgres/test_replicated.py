"""A primary with a standby that replicates: what was promised survives the primary."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import msgspec
import pytest

from gateway.runs.postgres.database import Database
from gateway.runs.postgres.store import PostgresStore
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.databases import Template, address_of, connected, run
from tests.runs.postgres.stores import POLICIES, a_run, in_loop, until
from tests.support.postgres import PASSWORD, Server

BEFORE, AFTER = 150, 100
AWAY = 9.0
LINKS = 3
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name='gateway'"
Pair = tuple[Server, Server]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A primary that waits for its standby, and that."""
    primary = Server(synchronous_standby_names="*").start(synchronous_standby_names="")
    standby = Server(primary)
    primary.stop()
    primary.start()
    standby.start()
    yield primary, standby
    standby.close()
    primary.close()


def opened(pair: Pair, name: str) -> PostgresStore:
    hosts = tuple(("127.0.0.1", server.port) for server in pair)
    address = msgspec.structs.replace(address_of(pair[0], name), hosts=hosts)
    store = PostgresStore(Database(address, lambda: PASSWORD), runs=100_000, targets=100)
    store.serving(POLICIES)
    return store


async def accepted(store: PostgresStore, promised: list[str], count: int) -> None:
    """Have so many runs promised, by several callers who are patient."""

    async def send() -> None:
        while len(promised) < count:
            try:
                promised.append((await store.accept(a_run(start=False))).run)
            except StoreUnavailable:
                await asyncio.sleep(0.05)

    await asyncio.gather(*(send() for _ in range(8)))


@pytest.mark.parametrize("end", [Server.kill, Server.pause])
def test_nothing_that_was_promised_is_lost_in_a_failover(
    pair: Pair, end: Callable[[Server], None]
) -> None:
    @in_loop
    async def promise() -> None:
        primary, standby = pair
        store = opened(pair, await Template().copy(primary))
        promised: list[str] = []
        sending = asyncio.create_task(accepted(store, promised, BEFORE + AFTER))
        await until(lambda: len(promised) >= BEFORE)
        await asyncio.to_thread(end, primary)
        await run(standby, "postgres", "SELECT pg_promote()")
        await asyncio.wait_for(sending, 30)
        records = await asyncio.gather(*map(store.record, promised))
        assert all(record is not None for record in records)
        await store.close()

    promise()


def test_nothing_is_promised_while_the_standby_does_not_have_it(pair: Pair) -> None:
    @in_loop
    async def promise() -> None:
        primary, standby = pair
        store = opened(pair, await Template().copy(primary))
        await store.accept(a_run())
        standby.pause()
        try:
            with pytest.raises(StoreUnavailable):
                await store.accept(a_run())
        finally:
            standby.go_on()
        await asyncio.wait_for(accepted(store, [], 5), 20)
        await store.close()

    promise()


def test_a_standby_that_stays_away_does_not_use_up_the_connections(pair: Pair) -> None:
    @in_loop
    async def promise() -> None:
        primary, standby = pair
        store = opened(pair, await Template().copy(primary))
        await store.accept(a_run())
        admin = await connected(primary, "postgres")
        standby.pause()
        try:
            end = time.monotonic() + AWAY
            while time.monotonic() < end:
                with pytest.raises(StoreUnavailable):
                    await store.accept(a_run())
                await asyncio.sleep(0.05)
            # Those whose commits wait, and at most as many that ask whether they still do.
            assert await admin.fetchval(CONNECTIONS) <= 2 * LINKS
            await until(lambda: "synchronous_standby_names" in store.problem)
        finally:
            standby.go_on()
            await admin.close()
        await asyncio.wait_for(accepted(store, [], 5), 20)
        await store.close()

    promise()
