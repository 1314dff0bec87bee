"""Whether the runs in a database are ones that this gateway may use now."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from gateway.runs.frozen import KEY, refusal
from gateway.runs.postgres.address import Address
from gateway.runs.postgres.fault import Unfit
from gateway.runs.postgres.migrate import is_made
from gateway.runs.postgres.refusals import incomplete
from gateway.runs.postgres.session import Session
from gateway.runs.sealed import PREFIX, foreign

_NEWEST = f"""SELECT substr(invocation, 1, {PREFIX}) FROM gateway.payload
    ORDER BY seq DESC LIMIT 1"""


class Keys(msgspec.Struct, frozen=True):
    """What seals tickets and digests keys, the same for all gateways."""

    ticket_key: bytes
    key_key: bytes


async def keys_of(session: Session, address: Address) -> Keys:
    """The keys in a database. Raises Unfit where it has none."""
    rows = await session.fetch("SELECT name, value FROM gateway.meta")
    known = {row["name"]: row["value"] for row in rows}
    try:
        return Keys(known["ticket_key"], known["key_key"])
    except KeyError:
        raise Unfit(incomplete(address)) from None


async def check_same(session: Session, address: Address, keys: Keys) -> None:
    """Raise Unfit where the tables are not the ones whose `keys` a process uses."""
    if not await is_made(session):
        raise Unfit(
            f"the tables in {address} are gone: restore the schema gateway from a backup, or "
            "restart all gateways to begin without runs"
        )
    if await keys_of(session, address) != keys:
        raise Unfit(f"{address} has other runs than before: restart this gateway to use them")


async def check_unmoved(session: Session, address: Address) -> None:
    """Raise Unfit where runs are being moved, or were."""
    rows = await session.fetch("SELECT value FROM gateway.meta WHERE name=$1", KEY)
    if problem := refusal(rows[0][0] if rows else None, str(address)):
        raise Unfit(problem)


async def check_keys(session: Session, known: Collection[bytes] | None) -> None:
    """Raise Unfit where what others store could not be opened with the keys that are `known`."""
    rows = await session.fetch(_NEWEST)
    if problem := foreign(rows[0][0] if rows else None, known):
        raise Unfit(problem)
