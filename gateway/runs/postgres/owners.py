"""Which processes are there, by what they say themselves; what the others had in flight."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import msgspec

from gateway.runs.endings import INTERRUPTED, lost
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.moves import Step, enter, move
from gateway.runs.postgres.numbers import Said
from gateway.runs.postgres.rows import COLUMNS, NOW, Kept, kept
from gateway.runs.postgres.session import Session
from gateway.runs.run import State

SILENT = 28
"""Seconds after which a process that says nothing has ended: it says something each five."""
_GAP = 15
_MOST = 200
_NUMBER = "SELECT nextval(pg_get_serial_sequence('gateway.owner', 'id'))"
_HEARTBEAT = f"""INSERT INTO gateway.owner AS o(id, name, takes, gateway, told, seen, since)
    OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, now(), now())
    ON CONFLICT (id) DO UPDATE SET seen=now(), takes=$3, told=$5,
    since=CASE WHEN o.seen < now() - interval '{_GAP} s' THEN now() ELSE o.since END
    RETURNING {NOW}"""
# Who has not been heard itself for as long knows nothing of the others: the database may have been
# away for all of them.
_FORGET = f"""DELETE FROM gateway.owner WHERE seen < now() - interval '{SILENT} s' AND EXISTS
    (SELECT FROM gateway.owner WHERE id=$1 AND since <= now() - interval '{SILENT} s')"""
_THERE = "SELECT id, takes FROM gateway.owner WHERE NOT ended ORDER BY id"
_LEFT = f"""SELECT {COLUMNS} FROM gateway.run r WHERE state=2
    AND NOT EXISTS (SELECT FROM gateway.owner o WHERE o.id=r.owner AND NOT o.ended)
    ORDER BY seq LIMIT {_MOST}"""
_NUMBERS = "SELECT id, told, ended FROM gateway.owner WHERE gateway=$1"
_FIRST = "SELECT NOT EXISTS (SELECT FROM gateway.owner WHERE gateway=$1 AND id < $2)"
_LEAVE = """UPDATE gateway.owner SET ended=true, takes=false, told=$2, seen=now()
    WHERE id=$1"""


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


async def heartbeat(session: Session, local: LocalState, me: Self) -> None:
    """Say that this process is there, and forget those that have not said so for too long."""
    if not local.owner:
        [(local.owner,)] = await session.fetch(_NUMBER)
    [(now,)] = await session.fetch(
        _HEARTBEAT, local.owner, own_name(), me.takes(), me.gateway, me.numbers()
    )
    local.clock.told(now)
    await session.fetch(_FORGET, local.owner)


async def refresh(session: Session, local: LocalState) -> set[int]:
    """Which processes are there; those that are given runs share them."""
    asked = local.clock.steady()
    rows = await session.fetch(_THERE)
    local.shared([owner for owner, takes in rows if takes], asked)
    return {owner for owner, _ in rows}


async def rescue(session: Session, local: LocalState) -> bool:
    """End the attempts of processes that are gone; whether there may be more."""
    rows = [kept(row) for row in await session.fetch(_LEFT)]
    if not rows:
        return False
    await local.names.know(session, {row.hook for row in rows})
    owners = {row.seq: row.owner for row in rows}

    def decide(run: Kept, now: float) -> Step | None:
        if run.state is not State.RUNNING or run.owner != owners[run.seq]:
            return None
        policy = local.policy(local.names.name(run.hook))
        to = lost(run.standing, policy, now, local.share())
        return Step(run=run, to=to, ended=True, outcome="interrupted", reason=INTERRUPTED)

    lanes = {(row.hook, row.lane) for row in rows if row.lane is not None}
    moved = await move(session, local, list(owners), decide, lanes)
    enter(local, moved)
    for step in moved.steps:
        if step.ended:
            local.counts.attempts[local.names.name(step.run.hook)]["interrupted"] += 1
            local.counts.interrupted += 1
    return len(rows) == _MOST


async def is_first(session: Session, local: LocalState, me: Self) -> bool:
    """Whether no process of the gateway was there before this one, which is there by now."""
    [(first,)] = await session.fetch(_FIRST, me.gateway, local.owner)
    return bool(first)


async def leave(local: LocalState, me: Self, session: Session) -> None:
    """Say that this process ends, with its last numbers: what it had in flight is everybody's at
    once.
    """
    await session.fetch(_LEAVE, local.owner, me.numbers())


async def numbers(gateway: str, session: Session) -> list[Said]:
    """What the processes of one gateway say of themselves, or said when they ended."""
    return [Said(*row) for row in await session.fetch(_NUMBERS, gateway)]
