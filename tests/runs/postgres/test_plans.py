"""How the database finds runs: as it does among millions, from the first one on."""

from __future__ import annotations

import asyncio

from tests.runs.postgres.databases import connected, fresh
from tests.runs.postgres.stores import gateways, in_loop
from tests.support.postgres import server

_READ = """SELECT coalesce(sum(seq_scan), 0) FROM pg_stat_user_tables
    WHERE schemaname='gateway' AND relname IN ('run', 'payload', 'dedup')"""
_IN_ORDER = """SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname='gateway'
    AND indexrelname IN ('run_lane', 'run_hook', 'run_pkey')"""
_WAIT = """INSERT INTO gateway.run(id, hook, state, accepted, give_up, lane, gate, size)
    SELECT gen_random_uuid(), hook, 0, accepted, give_up, lane, gate, size
    FROM gateway.run, generate_series(1, 5000)"""


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


@in_loop
async def test_what_waits_in_a_lane_is_not_read_as_a_whole() -> None:
    database, lane = await fresh(), b"1" * 16
    admin = await connected(server(), database)
    async with gateways(server(), database) as [one]:
        first = (await one.accept(lane=lane)).run
        await admin.execute(_WAIT)
        await admin.execute("VACUUM ANALYZE gateway.run")
        before = await admin.fetchval(_IN_ORDER)
        for _ in range(10):
            await one.accept(lane=lane)
        assert await one.end(first)
    # Its connections have ended, and what they counted is told.
    assert await admin.fetchval(_IN_ORDER) - before < 5000
    await admin.close()
