"""What is told about runs: one, a page of them, their attempts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from gateway.runs.coding import STATES, is_id
from gateway.runs.postgres.commands import STEP, Run, is_meant
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.moves import KEPT_ATTEMPTS
from gateway.runs.postgres.rows import NOW
from gateway.runs.postgres.session import Session
from gateway.runs.run import Attempt, Record, State
from gateway.runs.selection import Detail, Page, Query

MOST = 200
"""Runs on a page."""


def _time(column: str) -> str:
    return f"extract(epoch FROM r.{column})::float8 AS {column}"


_RECORD = f"""SELECT r.seq, r.id::text AS id, r.hook, r.state, r.attempts, {_time("accepted")},
    {_time("due")}, {_time("finished")}, r.status_code, r.duration_ms, r.reason,
    r.replay_of::text AS replay_of, o.answer, r.gate, r.size, r.tries, r.interrupted,
    {_time("give_up")}, {_time("expires")}, {_time("started")}, r.lane IS NOT NULL AS ordered,
    r.key IS NOT NULL AS keyed, {NOW} AS now
    FROM gateway.run r LEFT JOIN gateway.outputs o ON o.seq=r.seq AND r.state=4"""
_BY_ID = f"{_RECORD} WHERE r.id = ANY($1::uuid[])"
_PAGE = f"""{_RECORD} WHERE ($1::bigint IS NULL OR r.seq < $1) AND ($2::int IS NULL OR r.hook=$2)
    {{dead}} ORDER BY r.seq DESC LIMIT {STEP}"""
_ATTEMPTS = """SELECT number, extract(epoch FROM started)::float8, outcome, duration_ms,
    status_code, reason FROM gateway.attempt WHERE seq=$1 ORDER BY number"""
_PAYLOAD = """SELECT p.invocation FROM gateway.payload p JOIN gateway.run r USING (seq)
    WHERE r.id=$1"""


async def records(session: Session, local: LocalState, runs: Sequence[str]) -> list[Record | None]:
    """Runs as callers see them, in the order of their ids."""
    ids = list({run for run in runs if is_id(run)})
    rows = await session.fetch(_BY_ID, ids) if ids else []
    await local.names.know(session, {row["hook"] for row in rows})
    if rows:
        local.clock.told(rows[0]["now"])
    found = {row["id"]: _record(local, row) for row in rows}
    return [found.get(run) for run in runs]


async def payload(run: str, session: Session) -> bytes | None:
    """What was accepted."""
    rows = await session.fetch(_PAYLOAD, run) if is_id(run) else []
    return rows[0][0] if rows else None


async def show(local: LocalState, run: str, session: Session) -> Detail | None:
    """Everything but the payload."""
    rows = await session.fetch(_BY_ID, [run]) if is_id(run) else []
    if not rows:
        return None
    row = rows[0]
    await local.names.know(session, {row["hook"]})
    local.clock.told(row["now"])
    return Detail(
        record=_record(local, row),
        gate=row["gate"],
        size=row["size"],
        tries=row["tries"],
        interrupted=row["interrupted"],
        give_up=row["give_up"],
        expires=row["expires"],
        ordered=row["ordered"],
        deduplicated=row["keyed"],
        attempts=await _attempts(session, row),
    )


async def _attempts(session: Session, row: Any) -> tuple[Attempt, ...]:
    found = [Attempt(**dict(zip(_FIELDS, one, strict=True)))
             for one in await session.fetch(_ATTEMPTS, row["seq"])]  # fmt: skip
    state = STATES[row["state"]]
    if state in (State.RUNNING, State.SUCCEEDED) and row["started"] is not None:
        # Not written down: of it, the run itself says everything.
        over = state is State.SUCCEEDED
        found.append(
            Attempt(
                number=row["attempts"],
                started=row["started"],
                outcome="succeeded" if over else "",
                duration_ms=row["duration_ms"] if over else None,
                status_code=row["status_code"] if over else None,
                reason=row["reason"] if over else "",
            )
        )
    return tuple(found[-KEPT_ATTEMPTS:])


_FIELDS = ("number", "started", "outcome", "duration_ms", "status_code", "reason")


async def page(run: Run, local: LocalState, query: Query) -> Page:
    """Runs, newest first. A step reads as many rows as there are runs on a page at most."""
    limit = max(1, min(query.limit, MOST))
    before = int(query.after) if query.after.isdecimal() else None
    found: list[tuple[int, Record]] = []
    while len(found) <= limit:
        rows = await run(partial(_step, local, query, before))
        if not rows:
            return Page(tuple(record for _, record in found))
        before = rows[-1][0]
        found += [row for row in rows if is_meant(row[1], query)]
    return Page(tuple(record for _, record in found[:limit]), str(found[limit - 1][0]))


async def _step(
    local: LocalState, query: Query, before: int | None, session: Session
) -> list[tuple[int, Record]]:
    await local.names.read(session)
    hook = (local.names.known(query.hook) or -1) if query.hook else None
    dead = "AND r.state=5" if query.state is State.DEAD else ""
    rows = await session.fetch(_PAGE.format(dead=dead), before, hook)
    if rows:
        local.clock.told(rows[0]["now"])
    await local.names.know(session, {row["hook"] for row in rows})
    return [(row["seq"], _record(local, row)) for row in rows]


def _record(local: LocalState, row: Any) -> Record:
    hook, state = local.names.name(row["hook"]), STATES[row["state"]]
    return Record(
        run=row["id"],
        hook=hook,
        state=state,
        attempts=row["attempts"],
        accepted=row["accepted"],
        next_attempt=row["due"],
        finished=row["finished"],
        status_code=row["status_code"],
        duration_ms=row["duration_ms"],
        reason=row["reason"],
        answer=row["answer"],
        replay_of=row["replay_of"],
        held=local.dispatcher.agenda.queue(hook).held(local.now) if state is State.QUEUED else "",
    )
