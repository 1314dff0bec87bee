"""Databases for tests, each a copy of one with all tables and a clock that a test may move."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Any

import asyncpg

from gateway.runs.postgres.address import Address, parse
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.migrate import migrate
from tests.support.postgres import PASSWORD, Server, server

_NAMES = count(1)
_CLOCK = """CREATE SCHEMA clock; CREATE TABLE clock.hand(at timestamptz NOT NULL);
    INSERT INTO clock.hand VALUES (pg_catalog.now());
    CREATE FUNCTION clock.now() RETURNS timestamptz LANGUAGE sql STABLE
        AS 'SELECT at FROM clock.hand';"""
MOVED = "clock, pg_catalog"
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


class Template:
    """A database that others are made from."""

    def __init__(self) -> None:
        self.is_made = False

    async def copy(self, at: Server) -> str:
        """The name of another database."""
        if not self.is_made:
            await run(at, "postgres", "CREATE DATABASE template_of_runs")
            await run(at, "template_of_runs", _CLOCK)
            session = await database_of(at, "template_of_runs").dial()
            await migrate(session, address_of(at, "template_of_runs"))
            await session.close()
            self.is_made = True
        name = f"runs_{next(_NAMES)}"
        await run(
            at, "postgres", f"CREATE DATABASE {name} TEMPLATE template_of_runs STRATEGY file_copy"
        )
        return name


@cache
def template() -> Template:
    """That of the server which the tests of this process share."""
    return Template()


async def fresh() -> str:
    """The name of a database of the shared server with empty tables."""
    return await template().copy(server())


def address_of(at: Server, name: str) -> Address:
    """Where a database is."""
    return parse(at.url(name))


def database_of(at: Server, name: str, **more: Any) -> Database:
    """The same for a store."""
    return Database(address_of(at, name), lambda: PASSWORD, **more)
