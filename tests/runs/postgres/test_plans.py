"""How the database finds runs: as it does among millions, from the first one on."""

from __future__ import annotations

import asyncio

from tests.runs.postgres.databases import connected, fresh
from tests.runs.postgres.stores import gateways, in_loop
from tests.support.postgres import server

_READ = """SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables
    WHERE schemaname='gateway' AND relname IN ('run', 'payload', 'dedup')"""


@in_loop
async def test_no_table_is_read_as_a_whole_though_it_is_small() -> None:
    database = await fresh()
    admin = await connected(server(), database)
    before = await admin.fetchval(_READ)
    async with gateways(server(), database) as [one]:
        # Plans are settled after the fifth time.
        for number in range(10):
            key = number.to_bytes(16)
            run = (await one.accept(key=key, key_within=60)).run
            assert await one.end(run, outcome="succeeded" if number % 2 else "dead")
        given = [one.accept() for _ in range(8)]
        ends = [one.end(kept.run) for kept in await asyncio.gather(*given)]
        assert all(await asyncio.gather(*ends))
    # Its connections have ended, and what they counted is told.
    assert await admin.fetchval(_READ) == before
    await admin.close()
