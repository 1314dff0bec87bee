"""Which processes are there, by what they say themselves; what the others had in flight."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import msgspec

from gateway.runs.endings import INTERRUPTED, lost
from gateway.runs.postgres.books import Books
from gateway.runs.postgres.moving import Step, enter, move
from gateway.runs.postgres.rows import COLUMNS, NOW, Kept, kept
from gateway.runs.postgres.session import Session
from gateway.runs.run import State

SILENT = 28
"""Seconds after which a process that says nothing has ended: it says something each five."""
_GAP = 15
_MOST = 200
_NUMBER = "SELECT nextval(pg_get_serial_sequence('gateway.owner', 'id'))"
_BEAT = f"""INSERT INTO gateway.owner AS o(id, name, takes, gateway, told, seen, since)
    OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, now(), now())
    ON CONFLICT (id) DO UPDATE SET seen=now(), takes=$3, told=$5,
    since=CASE WHEN o.seen < now() - interval '{_GAP} s' THEN now() ELSE o.since END
    RETURNING {NOW}"""
# Who has not been heard itself for as long knows nothing of the others: the database may have been
# away for all of them.
_FORGET = f"""DELETE FROM gateway.owner WHERE seen < now() - interval '{SILENT} s' AND EXISTS
    (SELECT FROM gateway.owner WHERE id=$1 AND since <= now() - interval '{SILENT} s')"""
_THERE = "SELECT id, takes FROM gateway.owner ORDER BY id"
_LEFT = f"""SELECT {COLUMNS} FROM gateway.run r WHERE state=2
    AND NOT EXISTS (SELECT FROM gateway.owner o WHERE o.id=r.owner) ORDER BY seq LIMIT {_MOST}"""
_NUMBERS = "SELECT id, told FROM gateway.owner WHERE gateway=$1"
_GO = "DELETE FROM gateway.owner WHERE id=$1"


def own_name() -> str:
    """What operators call this process: its host and number."""
    return f"{socket.gethostname()}/{os.getpid()}"


class Self(msgspec.Struct, frozen=True):
    """What this process says of itself: the gateway that it is of, whether it takes runs, and its
    numbers.
    """

    gateway: str
    takes: Callable[[], bool]
    numbers: Callable[[], bytes]


async def beat(session: Session, books: Books, me: Self) -> None:
    """Say that this process is there, and forget those that have not said so for too long."""
    if not books.owner:
        [(books.owner,)] = await session.fetch(_NUMBER)
    [(now,)] = await session.fetch(
        _BEAT, books.owner, own_name(), me.takes(), me.gateway, me.numbers()
    )
    books.clock.told(now)
    await session.fetch(_FORGET, books.owner)


async def look(session: Session, books: Books) -> set[int]:
    """Which processes are there; those that are given runs share them."""
    asked = books.clock.steady()
    rows = await session.fetch(_THERE)
    books.shared([owner for owner, takes in rows if takes], asked)
    return {owner for owner, _ in rows}


async def rescue(session: Session, books: Books) -> bool:
    """End the attempts of processes that are gone; whether there may be more."""
    rows = [kept(row) for row in await session.fetch(_LEFT)]
    if not rows:
        return False
    await books.names.know(session, {row.hook for row in rows})
    owners = {row.seq: row.owner for row in rows}

    def decide(run: Kept, now: float) -> Step | None:
        if run.state is not State.RUNNING or run.owner != owners[run.seq]:
            return None
        policy = books.policy(books.names.name(run.hook))
        to = lost(run.standing, policy, now, books.share())
        return Step(run=run, to=to, ended=True, outcome="interrupted", reason=INTERRUPTED)

    lanes = {(row.hook, row.lane) for row in rows if row.lane is not None}
    moved = await move(session, books, list(owners), decide, lanes)
    enter(books, moved)
    for step in moved.steps:
        if step.ended:
            books.counts.attempts[books.names.name(step.run.hook)]["interrupted"] += 1
            books.counts.interrupted += 1
    return len(rows) == _MOST


async def leave(books: Books, session: Session) -> None:
    """Say that this process ends: what it had in flight is everybody's at once."""
    await session.fetch(_GO, books.owner)


async def numbers(gateway: str, session: Session) -> list[tuple[int, bytes]]:
    """What the processes of one gateway say of themselves, by owner."""
    return [(owner, told) for owner, told in await session.fetch(_NUMBERS, gateway)]
