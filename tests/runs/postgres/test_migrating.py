"""Gateways that start together on an empty database."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from gateway.runs.postgres import migrate, session
from gateway.runs.postgres.migrate import LOCK
from tests.runs.postgres.databases import connected, run, value
from tests.runs.postgres.stores import Gateway, in_loop, until
from tests.support.postgres import server

WAITS = """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname=current_database()
    AND wait_event='advisory' AND query_start < clock_timestamp() - interval '0.2 s')"""


@in_loop
async def test_gateways_wait_quietly_for_the_one_that_makes_the_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(session._SETTINGS, "lock_timeout", "'50ms'")
    await run(server(), "postgres", "CREATE DATABASE made_together")
    admin = await connected(server(), "made_together")
    with capture_logs() as lines:
        async with admin.transaction():
            await admin.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
            gateway = Gateway(server(), "made_together")
            while not await value(server(), "made_together", WAITS):  # noqa: ASYNC110 - elsewhere
                await asyncio.sleep(0.02)
        await until(lambda: gateway.store.is_connected)
        await gateway.store.close()
    await admin.close()
    assert [one for one in lines if one["log_level"] == "error"] == []


@in_loop
async def test_a_gateway_that_waits_in_vain_says_for_what(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "PATIENCE", 0.05)
    await run(server(), "postgres", "CREATE DATABASE never_made")
    admin = await connected(server(), "never_made")
    with capture_logs() as lines:
        async with admin.transaction():
            await admin.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
            gateway = Gateway(server(), "never_made")
            await until(lambda: lines)
        await gateway.store.close()
    await admin.close()
    assert "another gateway makes the tables" in lines[0]["reason"]
