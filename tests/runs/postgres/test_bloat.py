"""Operators see what keeps the database from removing versions of rows."""

from __future__ import annotations

import asyncio

from tests.runs.postgres.databases import connected, fresh
from tests.runs.postgres.stores import gateways, in_loop
from tests.support.postgres import server


@in_loop
async def test_a_transaction_that_stays_open_and_rows_that_wait_are_seen() -> None:
    database = await fresh()
    reader = await connected(server(), database)
    async with (
        gateways(server(), database) as [one],
        reader.transaction(isolation="repeatable_read"),
    ):
        await reader.fetch("SELECT FROM gateway.run")
        for _ in range(20):
            await one.end((await one.accept()).run)
        async with asyncio.timeout(20):
            while not (await one.store.stats()).dead_rows:  # noqa: ASYNC110 - told each second
                await asyncio.sleep(0.1)
        first = (await one.store.stats()).oldest_xmin
        second = (await one.store.stats()).oldest_xmin
        assert first is not None
        assert second is not None
        assert 0 < first < second
    await reader.close()
