"""What a process has counted is told to the operators of its gateway, be it that it has ended."""

from __future__ import annotations

from gateway.runs.postgres.store import PostgresStore
from gateway.runs.run import State
from gateway.runs.stats import Stats
from tests.runs.postgres.databases import database_of, fresh
from tests.runs.postgres.stores import POLICIES, gateways, in_loop, until
from tests.support.postgres import server


async def told(observer: PostgresStore) -> Stats:
    await until(lambda: observer.is_connected)
    return await observer.stats()


def observing(database: str, gateway: str) -> PostgresStore:
    store = PostgresStore(
        database_of(server(), database), runs=10, targets=10, gateway=gateway, observes=True
    )
    store.serving(POLICIES)
    return store


@in_loop
async def test_the_last_counts_of_a_process_outlive_it() -> None:
    database = await fresh()
    observer, stranger = observing(database, "one"), observing(database, "another")
    async with gateways(server(), database) as [gateway]:
        assert (await told(observer)).hooks["orders"].accepted == 0
        run = (await gateway.accept()).run
        assert await gateway.end(run)
    for _ in range(2):
        stats = await told(observer)
        assert stats.hooks["orders"].accepted == 1
        assert stats.hooks["orders"].finished == {State.SUCCEEDED: 1}
        # It has no slots any more.
        assert stats.targets == {}
    assert (await told(stranger)).hooks["orders"].accepted == 0
    await observer.close()
    await stranger.close()


@in_loop
async def test_an_observer_knows_the_time_where_there_are_no_runs() -> None:
    observer = observing(await fresh(), "one")
    assert abs((await told(observer)).clock_offset) < 60
    await observer.close()


@in_loop
async def test_a_process_that_has_ended_has_no_share() -> None:
    async with gateways(server(), await fresh(), 2) as [one, other]:
        await until(lambda: other.store.local.shares.part("orders", 100) == 50)
        await one.store.close()
        await until(lambda: other.store.local.shares.part("orders", 100) == 100)
