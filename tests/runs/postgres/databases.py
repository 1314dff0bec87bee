"""Databases for tests, each a copy of one with all tables and a clock that a test may move."""

from __future__ import annotations

import atexit
import os
from functools import cache
from itertools import count
from typing import Any

import asyncpg
import msgspec

from gateway.runs.postgres.address import Address, parse
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.migrate import migrate
from tests.support.pooler import Pooler
from tests.support.postgres import PASSWORD, Server, server

_NAMES = count(1)
_CLOCK = """CREATE SCHEMA clock; CREATE TABLE clock.hand(at timestamptz NOT NULL);
    INSERT INTO clock.hand VALUES (pg_catalog.now());
    CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
        AS 'SELECT at FROM clock.hand';"""
MOVED = "search_path = clock, pg_catalog"
"""A search path in which a test's clock takes the place of the database's own."""


async def connected(at: Server, database: str) -> Any:
    """A connection of an administrator."""
    return await asyncpg.connect(at.url(database), password=PASSWORD)


async def run(at: Server, database: str, *statements: str) -> None:
    """Statements of an administrator, each a transaction."""
    connection = await connected(at, database)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def value(at: Server, database: str, question: str) -> Any:
    """What a question of an administrator gives."""
    connection = await connected(at, database)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


class Template:
    """A database that others are made from."""

    def __init__(self) -> None:
        self.is_made = False

    async def copy(self, at: Server, *settings: str) -> str:
        """The name of another database, with settings of its own."""
        if not self.is_made:
            await run(at, "postgres", "CREATE DATABASE template_of_runs")
            await run(at, "template_of_runs", _CLOCK)
            # Not through a pooler, which would stay connected.
            address = address_of(at, "template_of_runs")
            session = await Database(address, lambda: PASSWORD).dial()
            await migrate(session, address)
            await session.close()
            self.is_made = True
        name = f"runs_{next(_NAMES)}"
        await run(
            at, "postgres", f"CREATE DATABASE {name} TEMPLATE template_of_runs STRATEGY file_copy"
        )
        for setting in settings:
            await run(at, "postgres", f"ALTER DATABASE {name} SET {setting}")
        return name


@cache
def template() -> Template:
    """That of the server which the tests of this process share."""
    return Template()


async def fresh(*settings: str) -> str:
    """The name of a database of the shared server with empty tables."""
    return await template().copy(server(), *settings)


@cache
def pooler() -> Pooler | None:
    """What the stores under test have in between, where the suite is run with POSTGRES_POOLED=1."""
    if not os.environ.get("POSTGRES_POOLED"):
        return None
    made = Pooler(server())
    atexit.register(made.close)
    return made


def address_of(at: Server, name: str) -> Address:
    """Where a database is."""
    return parse(at.url(name))


def database_of(at: Server, name: str, **more: Any) -> Database:
    """The same for a store."""
    between = pooler() if at is server() else None
    port = at.port if between is None else between.port
    address = msgspec.structs.replace(address_of(at, name), hosts=(("127.0.0.1", port),))
    return Database(address, lambda: PASSWORD, **more)
