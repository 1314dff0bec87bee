"""The tables, and how those of an older gateway become the present ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import msgspec

from gateway.runs.postgres.address import Address
from gateway.runs.postgres.fault import Unfit
from gateway.runs.postgres.refusals import incomplete, no_schema, not_owner
from gateway.runs.postgres.session import Session

LOCK = 0x6777_7279
"""The advisory lock of whoever migrates: "gwry"."""
PATIENCE = 20.0
"""Seconds for which a gateway waits for another one that migrates."""
_MADE = """SELECT to_regclass('gateway.version') IS NOT NULL AS is_made,
    EXISTS (SELECT FROM pg_namespace WHERE nspname='gateway') AS has_schema,
    has_database_privilege(current_database(), 'CREATE') AS may_create"""
_MAY = """SELECT has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
    AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE') AS may
    FROM pg_class c JOIN pg_namespace n ON n.oid=c.relnamespace
    WHERE n.nspname='gateway' AND c.relkind='r'"""
_VERSION = "CREATE TABLE gateway.version(present integer NOT NULL, oldest integer NOT NULL)"


class Step(msgspec.Struct, frozen=True):
    """What makes a version of the one before it. Gateways that know `oldest` or a later version go
    on with the tables as they are then: a step adds, and what it makes useless goes in a later one.
    """

    script: str
    oldest: int


STEPS = (Step("schema.sql", 1),)


async def migrate(session: Session, address: Address, steps: Sequence[Step] = STEPS) -> None:
    """Bring the tables to the present version, or leave them as they are. Raises Unfit.

    Gateways that start together wait for one of them.
    """
    if await _is_present(session, address, steps):
        return
    async with session.transaction():
        await session.script(f"SET LOCAL lock_timeout={round(1000 * PATIENCE)}")
        await session.fetch("SELECT pg_advisory_xact_lock($1)", LOCK)
        version = await _version(session, address)
        for step in steps[version:]:
            await session.script(read(step.script))
        if not version:
            await _found(session)
        if version < len(steps):
            await session.fetch(
                "UPDATE gateway.version SET present=$1, oldest=$2", len(steps), steps[-1].oldest
            )


async def is_made(session: Session) -> bool:
    """Whether a gateway has used the database."""
    return bool((await session.fetch(_MADE))[0]["is_made"])


async def check(session: Session, address: Address) -> None:
    """Raise Unfit where the tables are of no use to this gateway. Changes nothing."""
    await _is_present(session, address, STEPS)


async def check_makeable(session: Session, address: Address) -> None:
    """Raise Unfit where tables that are not there could not be made."""
    [made] = await session.fetch(_MADE)
    if not (made["has_schema"] or made["may_create"]):
        raise Unfit(no_schema(address))


async def _is_present(session: Session, address: Address, steps: Sequence[Step]) -> bool:
    """Whether there is nothing to do."""
    [made] = await session.fetch(_MADE)
    if not made["is_made"]:
        return False
    found = await _found_version(session, address)
    if found["oldest"] > len(steps):
        raise Unfit(
            f"the tables in {address} have version {found['present']} and this gateway knows up to "
            f"{len(steps)}: start the newer gateway"
        )
    if not all(row["may"] for row in await session.fetch(_MAY)):
        raise Unfit(not_owner(address, "its tables belong to another user"))
    return bool(found["present"] >= len(steps))


async def _version(session: Session, address: Address) -> int:
    """The version of the tables, 0 for new ones; within the lock."""
    [made] = await session.fetch(_MADE)
    if made["is_made"]:
        return int((await _found_version(session, address))["present"])
    await check_makeable(session, address)
    if not made["has_schema"]:
        await session.script("CREATE SCHEMA gateway")
    await session.script(_VERSION)
    await session.script("INSERT INTO gateway.version VALUES (0, 0)")
    return 0


async def _found_version(session: Session, address: Address) -> Any:
    rows = await session.fetch("SELECT present, oldest FROM gateway.version")
    if not rows:
        raise Unfit(incomplete(address))
    return rows[0]


async def _found(session: Session) -> None:
    for name, size in (("store_id", 16), ("ticket_key", 32), ("key_key", 32)):
        await session.fetch("INSERT INTO gateway.meta VALUES ($1, $2)", name, os.urandom(size))


def read(script: str) -> str:
    """The statements of a step."""
    return (files("gateway.runs.postgres") / script).read_text()
