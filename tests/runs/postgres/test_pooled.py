"""Gateways with a pooler in between, which lends connections for a transaction at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec
import pytest

from gateway.runs.postgres.address import Address
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.store import PostgresStore
from gateway.runs.run import State
from gateway.runs.selection import Query
from tests.runs.postgres.databases import address_of, fresh
from tests.runs.postgres.stores import POLICIES, a_run, in_loop, until
from tests.support.pooler import BINARY, Pooler
from tests.support.postgres import PASSWORD, server

pytestmark = pytest.mark.skipif(BINARY is None, reason="PgBouncer is not installed")


@pytest.fixture(scope="module")
def between() -> Iterator[Pooler]:
    made = Pooler(server())
    yield made
    made.close()


def opened(address: Address) -> PostgresStore:
    """A store that begins what it accepts."""
    database = Database(address, lambda: PASSWORD)
    store = PostgresStore(database, runs=1000, targets=1000)
    store.serving(POLICIES)
    return store


def test_many_stores_have_few_connections_and_everything_else(between: Pooler) -> None:
    @in_loop
    async def promise() -> None:
        address = address_of(server(), await fresh())
        pooled = msgspec.structs.replace(address, hosts=(("127.0.0.1", between.port),))
        stores = [opened(pooled) for _ in range(3)]
        for store in stores:
            store.deliver(lambda _given: None, lambda _run, _attempt: None, 0)
        await until(lambda: all(store.is_connected for store in stores))
        given = [a_run(key=bytes([n % 5]) * 16, key_within=60) for n in range(60)]
        answers = await asyncio.gather(*(stores[n % 3].accept(new) for n, new in enumerate(given)))
        assert len({answer.run for answer in answers}) == 5
        page = await stores[0].list(Query(state=State.QUEUED))
        assert len(page.runs) == 5
        await asyncio.gather(*(store.close() for store in stores))

    promise()
