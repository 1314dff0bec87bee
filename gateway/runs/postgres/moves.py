"""Transactions that let runs go where they are to go, and their lanes go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from gateway.runs import lanes
from gateway.runs.coding import NUMBERS, STATES
from gateway.runs.end_log import log_end
from gateway.runs.endings import Move, promoted
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.rows import COLUMNS, NOW, Kept, kept
from gateway.runs.postgres.session import Session
from gateway.runs.run import State

Lane = tuple[int, bytes]
"""The number of a hook, and which of its lanes."""
KEPT_ATTEMPTS = 20
_LOCK = """SELECT pg_advisory_xact_lock(number) FROM
    (SELECT DISTINCT number FROM unnest($1::bigint[]) AS given(number) ORDER BY number) AS sorted"""
_ROWS = f"SELECT {COLUMNS} FROM gateway.run WHERE seq = ANY($1::bigint[]) ORDER BY seq FOR UPDATE"
# One look into the index for each state, however many runs wait in a lane. The first row from a
# place on is found by that order alone: with `=`, the planner may read all rows by their number.
_HEADS = """SELECT g.hook, g.lane, s.state, first.seq
    FROM unnest($1::int[], $2::bytea[]) AS g(hook, lane)
    CROSS JOIN unnest('{0, 1, 2, 5}'::smallint[]) AS s(state)
    CROSS JOIN LATERAL (SELECT r.hook, r.lane, r.state, r.seq FROM gateway.run r
        WHERE (r.hook, r.lane, r.state, r.seq) >= (g.hook, g.lane, s.state, 0)
            AND r.lane IS NOT NULL AND r.state IN (0, 1, 2, 5)
        ORDER BY r.hook, r.lane, r.state, r.seq LIMIT 1) AS first
    WHERE first.hook=g.hook AND first.lane=g.lane AND first.state=s.state"""
_MOVE = """UPDATE gateway.run r SET state=m.state, class=m.class, due=to_timestamp(m.due),
    tries=m.tries, interrupted=m.interrupted, give_up=to_timestamp(m.give_up),
    finished=to_timestamp(m.finished), expires=to_timestamp(m.expires),
    reason=coalesce(m.reason, r.reason), owner=NULL,
    status_code=CASE WHEN m.said THEN m.code ELSE r.status_code END,
    duration_ms=CASE WHEN m.said THEN m.took ELSE r.duration_ms END
    FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::float8[], $5::int[], $6::int[],
        $7::float8[], $8::float8[], $9::float8[], $10::text[], $11::bool[], $12::int[],
        $13::int[]) AS m(seq, state, class, due, tries, interrupted, give_up, finished, expires,
        reason, said, code, took)
    WHERE r.seq=m.seq"""
_NOTE = """INSERT INTO gateway.attempt(seq, number, started, outcome, duration_ms, status_code,
    reason) SELECT seq, number, coalesce(to_timestamp(started), now()), outcome, took, code, reason
    FROM unnest($1::bigint[], $2::int[], $3::float8[], $4::text[], $5::int[], $6::int[],
        $7::text[]) AS n(seq, number, started, outcome, took, code, reason)"""
_FORGET = """DELETE FROM gateway.attempt a
    USING unnest($1::bigint[], $2::int[]) AS o(seq, number)
    WHERE a.seq=o.seq AND a.number<=o.number"""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run goes. `ended` is whether an attempt of it does; `outcome` is how, where that is
    kept, with the status code and the milliseconds that were said of it. `blamed` is that of
    `Breaker.ended`.
    """

    run: Kept
    to: Move
    ended: bool = False
    outcome: str = ""
    reason: str = ""
    code: int | None = None
    took: int | None = None
    blamed: bool | None = None

    @property
    def is_told(self) -> bool:
        """Whether the end of the run is that of an attempt, which the process tells of itself."""
        return self.ended and self.outcome in ("", "dead")


Decide = Callable[[Kept, float], Step | None]
"""What is to become of a run, given the time; None leaves it alone."""
Also = Callable[[Session, Sequence[Step]], Awaitable[None]]


class Moved(msgspec.Struct, frozen=True):
    """What a transaction did, to be told to `enter` once it is durable."""

    now: float
    steps: list[Step]


async def lock(session: Session, which: Iterable[Lane]) -> None:
    """Keep others out of lanes until the transaction ends. What is read after this is what they
    have left: it is a statement of its own, and comes before all others.
    """
    numbers = [_number(*lane) for lane in which]
    if numbers:
        await session.fetch(_LOCK, numbers)


def _number(hook: int, lane: bytes) -> int:
    digest = blake2b(hook.to_bytes(4) + lane, digest_size=8, person=b"lane")
    return int.from_bytes(digest.digest(), signed=True)


async def heads(session: Session, which: Iterable[Lane]) -> dict[Lane, list[tuple[int, State]]]:
    """The first run of each lane in each state that matters."""
    pairs = list(set(which))
    rows = await session.fetch(_HEADS, [hook for hook, _ in pairs], [lane for _, lane in pairs])
    found: dict[Lane, list[tuple[int, State]]] = defaultdict(list)
    for hook, lane, number, seq in rows:
        found[hook, lane].append((seq, STATES[number]))
    return found


async def move(
    session: Session,
    local: LocalState,
    which: Sequence[int],
    decide: Decide,
    lanes_of: Iterable[Lane],
    also: Also | None = None,
) -> Moved:
    """Decide on runs and write it down. `lanes_of` are those that the runs are in; `also` does what
    belongs to it in the same transaction.
    """
    locked = set(lanes_of)
    async with session.transaction():
        await lock(session, locked)
        [(now,)] = await session.fetch(f"SELECT {NOW}")
        rows = [kept(row) for row in await session.fetch(_ROWS, sorted(which))]
        await local.names.know(session, {row.hook for row in rows})
        chosen = [step for row in rows if (step := decide(row, now)) is not None]
        await write(session, chosen)
        if also is not None:
            await also(session, chosen)
        chosen += await promote(session, local, locked, now)
    local.clock.told(now)
    return Moved(now, chosen)


async def promote(
    session: Session, local: LocalState, which: Iterable[Lane], now: float
) -> list[Step]:
    """Queue the heads of locked lanes where it is their turn."""
    asked = list(which)
    if not asked:
        return []
    await local.names.know(session, {hook for hook, _ in asked})
    found = await heads(session, asked)
    chosen = [lanes.next_of(states, local.ordered(hook)) for (hook, _), states in found.items()]
    seqs = sorted(seq for seq in chosen if seq is not None)
    if not seqs:
        return []
    rows = [kept(row) for row in await session.fetch(_ROWS, seqs)]
    steps = [Step(run=run, to=promoted(run.standing, now)) for run in rows]
    await write(session, steps)
    return steps


async def write(session: Session, steps: Sequence[Step]) -> None:
    """Write down where runs go; within a transaction that has locked them."""
    if not steps:
        return
    await session.fetch(_MOVE, *_columns([_moved(step) for step in steps]))
    noted = [step for step in steps if step.outcome]
    if noted:
        await session.fetch(_NOTE, *_columns([_noted(step) for step in noted]))
    old = [(s.run.seq, s.run.attempts - KEPT_ATTEMPTS) for s in noted]
    if forgotten := [one for one in old if one[1] > 0]:
        await session.fetch(_FORGET, *_columns(forgotten))


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _moved(step: Step) -> tuple[Any, ...]:
    to = step.to
    return (
        step.run.seq, NUMBERS[to.state], int(to.again), to.due, to.tries, to.interrupted,
        to.give_up, to.finished, to.expires, to.reason, step.ended, step.code, step.took,
    )  # fmt: skip


def _noted(step: Step) -> tuple[Any, ...]:
    run = step.run
    return (
        run.seq, run.attempts, run.started, step.outcome, step.took, step.code, step.reason,
    )  # fmt: skip


def enter(local: LocalState, moved: Moved) -> None:
    """Let the numbers of this process be as the rows are now."""
    for step in moved.steps:
        run, to = step.run, step.to
        hook = local.names.name(run.hook)
        took = (step.took or 0) / 1000
        ours = run.state is State.RUNNING and local.let_go(run.id, run.attempts, step.blamed, took)
        if not ours:
            local.leave(hook, run.state, run.again)
        local.enter(hook, to.state, to.again, float("inf") if to.due is None else to.due)
        if to.state.final:
            local.counts.finished[hook][to.state] += 1
            local.counts.latency_seconds[hook].add(moved.now - run.accepted)
            if not step.is_told:
                log_end(run.id, hook, to.state, run.attempts, to.reason or "")
        local.changed(run.id)
