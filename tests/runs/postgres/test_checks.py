"""A database that cannot be used is refused with the sentence that leads to the remedy."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import msgspec
import pytest

from gateway.runs.postgres.address import parse
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import EXPECTED, Unfit, sentence
from gateway.runs.postgres.migrate import STEPS, Step, migrate
from tests.runs.postgres.databases import address_of, connected, database_of, fresh, run
from tests.runs.postgres.stores import Gateway, in_loop, until
from tests.support.postgres import PASSWORD, Server, server


async def refusal(database: Database, **more: Any) -> str:
    """Why it cannot be used."""
    with pytest.raises((Unfit, *EXPECTED)) as refused:
        await opened(database, **more)
    return sentence(refused.value, database.address)


async def opened(database: Database, **more: Any) -> None:
    """Have its tables."""
    session = await database.dial()
    try:
        await migrate(session, database.address, **more)
    finally:
        session.terminate()


@in_loop
async def test_a_wrong_password_names_its_flag() -> None:
    said = await refusal(Database(address_of(server(), await fresh()), lambda: "wrong"))
    assert "--store-password" in said
    assert "wrong" not in said
    assert PASSWORD not in said


@in_loop
async def test_a_database_that_is_not_there_is_named() -> None:
    said = await refusal(database_of(server(), "nowhere"))
    assert "/nowhere has no database of this name" in said


@in_loop
async def test_a_server_that_is_not_there_is_named() -> None:
    said = await refusal(Database(parse("postgres://127.0.0.1:1/runs"), lambda: None))
    assert said == "postgres://127.0.0.1:1/runs cannot be reached: Connection refused"


async def guest_of(name: str) -> Database:
    """A database as a user without rights in it sees it, with all tables of runs."""
    at = server()
    await run(
        at, "postgres",
        f"""DO $$ BEGIN CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}';
            EXCEPTION WHEN duplicate_object THEN NULL; END $$""",
    )  # fmt: skip
    address = msgspec.structs.replace(address_of(at, name), user="guest")
    return Database(address, lambda: PASSWORD)


@in_loop
async def test_a_user_without_rights_is_told_what_an_administrator_runs() -> None:
    at = server()
    await run(at, "postgres", "DROP DATABASE IF EXISTS bare", "CREATE DATABASE bare")
    guest = await guest_of("bare")
    assert "CREATE SCHEMA gateway AUTHORIZATION guest" in await refusal(guest)
    await run(at, "bare", "CREATE SCHEMA gateway")
    assert "make guest the owner of it" in await refusal(guest)
    await run(at, "bare", "ALTER SCHEMA gateway OWNER TO guest")
    await opened(guest)


@in_loop
async def test_a_user_whose_tables_belong_to_another_is_told_who_may_use_them() -> None:
    name = await fresh()
    guest = await guest_of(name)
    assert "connect as the user who owns the schema gateway" in await refusal(guest)
    await run(server(), name, "GRANT USAGE ON SCHEMA gateway TO guest")
    assert "make guest the owner of it and of its tables" in await refusal(guest)


@in_loop
async def test_a_user_who_may_not_connect_is_told_what_an_administrator_runs() -> None:
    name = await fresh()
    guest = await guest_of(name)
    await run(server(), "postgres", f"REVOKE CONNECT ON DATABASE {name} FROM public")
    assert f"run GRANT CONNECT ON DATABASE {name} TO guest" in await refusal(guest)


@in_loop
async def test_the_limit_that_leaves_no_connection_is_named() -> None:
    name = await fresh()
    await run(server(), "postgres", f"ALTER DATABASE {name} CONNECTION LIMIT 0")
    assert "CONNECTION LIMIT" in await refusal(await guest_of(name))


def test_a_limit_on_statements_is_named() -> None:
    cancelled = asyncpg.QueryCanceledError("canceling statement due to statement timeout")
    said = sentence(cancelled, parse("postgres://guest@db/runs"))
    assert "raise statement_timeout for guest" in said


@in_loop
@pytest.mark.parametrize("emptied", ["version", "meta"])
async def test_tables_that_are_not_complete_are_left_alone(emptied: str) -> None:
    name = await fresh()
    await run(server(), name, f"TRUNCATE gateway.{emptied}")
    one = Gateway(server(), name)
    await until(lambda: "are not complete" in one.store.unfit)
    await one.store.close()


@in_loop
async def test_a_password_that_is_wanted_and_not_given_is_asked_for() -> None:
    said = await refusal(Database(address_of(server(), await fresh()), lambda: None))
    assert "let --store-password name a secret" in said


@in_loop
async def test_tables_of_a_newer_gateway_are_left_alone() -> None:
    name = await fresh()
    await run(server(), name, "UPDATE gateway.version SET present=7, oldest=7")
    assert "start the newer gateway" in await refusal(database_of(server(), name))


@in_loop
async def test_tables_that_a_newer_gateway_has_added_to_are_used_on() -> None:
    name = await fresh()
    await run(server(), name, "UPDATE gateway.version SET present=7, oldest=1")
    await opened(database_of(server(), name))


@in_loop
async def test_gateways_that_start_together_make_the_tables_once() -> None:
    at = server()
    await run(at, "postgres", "DROP DATABASE IF EXISTS empty", "CREATE DATABASE empty")
    sessions = [await database_of(at, "empty").dial() for _ in range(4)]
    address = address_of(at, "empty")
    await asyncio.gather(*(migrate(session, address) for session in sessions))
    for session in sessions:
        await session.close()
    admin = await connected(at, "empty")
    assert await admin.fetch("SELECT present, oldest FROM gateway.version") == [(1, 1)]
    assert await admin.fetchval("SELECT count(*) FROM gateway.meta") == 3
    await admin.close()


@in_loop
async def test_a_step_that_fails_leaves_the_tables_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = await fresh()
    scripts = {"half.sql": "ALTER TABLE gateway.run ADD COLUMN more int; SELECT 1/0"}
    monkeypatch.setattr("gateway.runs.postgres.migrate.read", scripts.__getitem__)
    steps = (*STEPS, Step("half.sql", 1))
    assert "division by zero" in await refusal(database_of(server(), name), steps=steps)
    admin = await connected(server(), name)
    assert await admin.fetchval("SELECT present FROM gateway.version") == 1
    assert not await admin.fetch(
        "SELECT FROM information_schema.columns WHERE table_name='run' AND column_name='more'"
    )
    await admin.close()


@pytest.fixture(scope="module")
def odd() -> Iterator[Server]:
    """A server that is started as a test says."""
    odd = Server()
    yield odd
    odd.close()


@contextmanager
def started(odd: Server, **settings: str) -> Iterator[Server]:
    yield odd.start(**settings)
    odd.stop()


def test_a_server_that_loses_commits_is_refused(odd: Server) -> None:
    with started(odd, fsync="off"):
        assert "set fsync=on" in asyncio.run(refusal(database_of(odd, "postgres")))


def test_a_server_without_a_standby_is_not_replicated(odd: Server) -> None:
    with started(odd):
        database = database_of(odd, "postgres", durability="replicated")
        assert "set synchronous_standby_names" in asyncio.run(refusal(database))


def test_commits_are_made_durable_where_the_server_would_not_wait(odd: Server) -> None:
    async def setting() -> str:
        session = await database_of(odd, "postgres").dial()
        [(value,)] = await session.fetch("SHOW synchronous_commit")
        await session.close()
        return str(value)

    with started(odd, synchronous_commit="off"):
        assert asyncio.run(setting()) == "on"
    with started(odd, synchronous_commit="local"):
        assert asyncio.run(setting()) == "on"


def test_a_user_whose_transactions_are_read_only_is_refused(odd: Server) -> None:
    with started(odd, default_transaction_read_only="on"):
        said = asyncio.run(refusal(database_of(odd, "postgres")))
        assert "default_transaction_read_only" in said


def test_a_standby_is_refused(odd: Server) -> None:
    odd.stop()
    (odd.data / "standby.signal").touch()
    with started(odd):
        said = asyncio.run(refusal(database_of(odd, "postgres")))
        assert "let the URL name the primary" in said


def test_a_server_that_falls_silent_when_it_is_asked_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.runs.postgres.database.CONNECT", 0.5)
    monkeypatch.setattr(
        "gateway.runs.postgres.database.ask", lambda _connection: asyncio.Event().wait()
    )
    assert "does not answer" in asyncio.run(refusal(database_of(server(), "postgres")))


def test_a_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.runs.postgres.server.OLDEST", 990_000)
    said = asyncio.run(refusal(database_of(server(), "postgres")))
    assert "upgrade the server" in said
