"""Whether the runs in a database are ones that this gateway may use now."""

from __future__ import annotations

from collections.abc import Collection

from gateway.runs.frozen import KEY, refusal
from gateway.runs.postgres.address import Address
from gateway.runs.postgres.fault import Unfit
from gateway.runs.postgres.session import Session
from gateway.runs.sealed import PREFIX, foreign

_NEWEST = f"""SELECT substr(invocation, 1, {PREFIX}) FROM gateway.payload
    ORDER BY seq DESC LIMIT 1"""


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
