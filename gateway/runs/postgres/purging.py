"""What time does to runs without anybody asking: they are given up, and forgotten."""

from __future__ import annotations

from typing import Any

from gateway.runs.coding import NUMBERS
from gateway.runs.endings import expired
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.moves import Lane, Moved, Step, enter, lock, move, promote
from gateway.runs.postgres.rows import COLUMNS, NOW, Kept, kept
from gateway.runs.postgres.session import Session
from gateway.runs.run import State

_MOST = 200
_TOO_OLD = f"""SELECT seq, hook, lane FROM gateway.run WHERE state < 2 AND give_up <= now()
    ORDER BY give_up LIMIT {_MOST}"""
_HELD = f"""SELECT DISTINCT hook, lane FROM (SELECT hook, lane FROM gateway.run WHERE state=5
    AND expires <= now() AND lane IS NOT NULL ORDER BY expires LIMIT {_MOST}) AS dead"""
_OVER = f"""SELECT {COLUMNS}, key FROM gateway.run WHERE expires <= now()
    AND (state <> 5 OR lane IS NULL OR (hook, lane) IN
        (SELECT * FROM unnest($1::int[], $2::bytea[])))
    ORDER BY expires LIMIT {_MOST} FOR UPDATE SKIP LOCKED"""
_LEAVE_KEYS = """UPDATE gateway.dedup d SET state=g.state
    FROM unnest($1::int[], $2::bytea[], $3::uuid[], $4::smallint[]) AS g(hook, key, run, state)
    WHERE d.hook=g.hook AND d.key=g.key AND d.run=g.run"""
_LOCK_KEYS = """SELECT FROM gateway.dedup d
    JOIN unnest($1::int[], $2::bytea[]) AS g(hook, key) USING (hook, key)
    ORDER BY d.hook, d.key FOR UPDATE OF d"""
_DELETE = """WITH p AS (DELETE FROM gateway.payload WHERE seq = ANY($1::bigint[])),
    o AS (DELETE FROM gateway.outputs WHERE seq = ANY($1::bigint[])),
    a AS (DELETE FROM gateway.attempt WHERE seq = ANY($1::bigint[]))
    DELETE FROM gateway.run WHERE seq = ANY($1::bigint[])"""
_KEYS = 500
_LAST_KEY = """SELECT hook, key FROM gateway.dedup WHERE (hook, key) > ($1, $2)
    ORDER BY hook, key LIMIT 1 OFFSET $3"""
_SWEEP = """DELETE FROM gateway.dedup WHERE (hook, key) IN (SELECT hook, key FROM gateway.dedup
    WHERE (hook, key) > ($1, $2) AND ($3::int IS NULL OR (hook, key) <= ($3, $4))
    AND expires <= now() ORDER BY hook, key FOR UPDATE SKIP LOCKED)"""
_STANDING = """SELECT DISTINCT w.hook, w.lane FROM gateway.run w
    WHERE w.state=0 AND w.lane IS NOT NULL AND NOT EXISTS (SELECT FROM gateway.run a
        WHERE a.hook=w.hook AND a.lane=w.lane AND a.state IN (1, 2) AND a.lane IS NOT NULL)
    LIMIT 100"""
Key = tuple[int, bytes]
FIRST_KEY: Key = (-1, b"")


async def give_up(session: Session, local: LocalState) -> bool:
    """End runs that are too old; whether there may be more."""
    rows = await session.fetch(_TOO_OLD)
    if not rows:
        return False

    def decide(run: Kept, now: float) -> Step | None:
        if run.state not in (State.WAITING, State.QUEUED) or run.give_up > now:
            return None
        policy = local.policy(local.names.name(run.hook))
        return Step(run=run, to=expired(run.standing, policy, now))

    lanes = {(hook, lane) for _, hook, lane in rows if lane is not None}
    enter(local, await move(session, local, [row[0] for row in rows], decide, lanes))
    return len(rows) == _MOST


async def purge(session: Session, local: LocalState) -> bool:
    """Forget finished runs whose retention is over; whether there may be more."""
    held: list[Lane] = [(hook, lane) for hook, lane in await session.fetch(_HELD)]
    async with session.transaction():
        await lock(session, held)
        [(now,)] = await session.fetch(f"SELECT {NOW}")
        rows = await session.fetch(_OVER, *_pairs(held))
        if not rows:
            return False
        await local.names.know(session, {row["hook"] for row in rows})
        await _leave_keys(session, rows)
        await session.fetch(_DELETE, [row["seq"] for row in rows])
        promoted = await promote(session, local, held, now)
    for row in rows:
        run = kept(tuple(row)[:-1])
        local.leave(local.names.name(run.hook), run.state, run.again)
    enter(local, Moved(now, promoted))
    return len(rows) == _MOST


async def _leave_keys(session: Session, rows: list[Any]) -> None:
    """A key says what its run ended in; that of a dead run is free in any case."""
    dead = NUMBERS[State.DEAD]
    keyed = [row for row in rows if row["key"] is not None and row["number"] != dead]
    if not keyed:
        return
    pairs = _pairs([(row["hook"], row["key"]) for row in keyed])
    await session.fetch(_LOCK_KEYS, *pairs)
    await session.fetch(
        _LEAVE_KEYS,
        *pairs,
        [row["id"] for row in keyed],
        [row["number"] for row in keyed],
    )


def _pairs(which: list[tuple[int, bytes]]) -> tuple[list[int], list[bytes]]:
    return [hook for hook, _ in which], [text for _, text in which]


async def sweep_keys(session: Session, after: Key) -> Key:
    """Forget expired keys among the next ones behind `after`; where to go on."""
    rows = await session.fetch(_LAST_KEY, *after, _KEYS - 1)
    last: tuple[int | None, bytes | None] = (rows[0][0], rows[0][1]) if rows else (None, None)
    await session.fetch(_SWEEP, *after, *last)
    return (rows[0][0], rows[0][1]) if rows else FIRST_KEY


async def settle_lanes(session: Session, local: LocalState) -> None:
    """Let lanes go on that stand though nothing of them is queued or running: their hook has
    another policy now.
    """
    lanes: list[Lane] = [(hook, lane) for hook, lane in await session.fetch(_STANDING)]
    if lanes:
        enter(local, await move(session, local, [], lambda _run, _now: None, lanes))
