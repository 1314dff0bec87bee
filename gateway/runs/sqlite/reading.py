"""What is told about runs: one, a page of them, their numbers."""

from __future__ import annotations

from typing import Any

from gateway.runs.coding import STATES
from gateway.runs.run import Attempt, Record, State
from gateway.runs.selection import Detail, Page, Query
from gateway.runs.sqlite.commands import STEP, Steps, narrowed
from gateway.runs.sqlite.moves import KEPT_ATTEMPTS
from gateway.runs.sqlite.rows import id_bytes, id_text, seconds_or_none
from gateway.runs.sqlite.unit_of_work import UnitOfWork

MOST = 200
"""Runs on a page."""
_RECORD = """seq, id, hook, state, attempts, accepted, due, finished, status_code, duration_ms,
    reason, replay_of"""
_DETAIL = """gate, size, tries, interrupted, give_up, expires, lane IS NOT NULL, key IS NOT NULL,
    started FROM run WHERE seq=?"""
_ATTEMPTS = """SELECT number, started, outcome, duration_ms, status_code, reason FROM attempt
    WHERE seq=? ORDER BY number"""


def record(unit: UnitOfWork, run: str) -> Record | None:
    """A run as callers see it."""
    row = _row(unit, run)
    return None if row is None else _record(unit, row)


def payload(unit: UnitOfWork, run: str) -> bytes | None:
    """What was accepted."""
    row = _row(unit, run)
    found = row and unit.db.one("SELECT invocation FROM payload WHERE seq=?", (row[0],))
    return found[0] if found else None


def show(unit: UnitOfWork, run: str) -> Detail | None:
    """Everything but the payload."""
    row = _row(unit, run)
    more = row and unit.db.one(f"SELECT {_DETAIL}", (row[0],))
    if row is None or more is None:
        return None
    known = _record(unit, row)
    return Detail(
        record=known,
        gate=more[0],
        size=more[1],
        tries=more[2],
        interrupted=more[3],
        give_up=more[4] / 1000,
        expires=seconds_or_none(more[5]),
        ordered=bool(more[6]),
        deduplicated=bool(more[7]),
        attempts=_attempts(unit, row[0], known, more[8]),
    )


def _attempts(unit: UnitOfWork, seq: int, run: Record, started: int | None) -> tuple[Attempt, ...]:
    rows = unit.db.execute(_ATTEMPTS, (seq,)).fetchall()
    found = [_attempt(*row) for row in rows]
    if run.state in (State.RUNNING, State.SUCCEEDED) and started is not None:
        # Not written down: of it, the run itself says everything.
        over = run.state is State.SUCCEEDED
        found.append(
            Attempt(
                number=run.attempts,
                started=started / 1000,
                outcome="succeeded" if over else "",
                duration_ms=run.duration_ms if over else None,
                status_code=run.status_code if over else None,
                reason=run.reason if over else "",
            )
        )
    return tuple(found[-KEPT_ATTEMPTS:])


def _attempt(
    number: int, started: int, outcome: Any, took: int | None, code: int | None, reason: str
) -> Attempt:
    return Attempt(
        number=number,
        started=started / 1000,
        outcome=outcome,
        duration_ms=took,
        status_code=code,
        reason=reason,
    )


def page(unit: UnitOfWork, query: Query) -> Steps[Page]:
    """Runs, newest first. A step reads as many rows as there are runs on a page at most."""
    where, values = narrowed(unit, query.hook, query.state)
    limit = max(1, min(query.limit, MOST))
    before = int(query.after) if query.after.isdecimal() else unit.last_sequence + 1
    found: list[tuple[Any, ...]] = []
    while len(found) <= limit:
        rows = unit.db.execute(
            f"SELECT {_RECORD} FROM run {where} AND seq<? ORDER BY seq DESC LIMIT {STEP}",  # noqa: S608
            (*values, before),
        ).fetchall()
        if not rows:
            return Page(_records(unit, found))
        before = rows[-1][0]
        found += [row for row in rows if _is_asked_for(row, query)]
        yield
    return Page(_records(unit, found[:limit]), str(found[limit - 1][0]))


def _is_asked_for(row: tuple[Any, ...], query: Query) -> bool:
    return (
        (query.state is None or STATES[row[3]] is query.state)
        and (query.since is None or row[5] >= query.since * 1000)
        and (query.until is None or row[5] < query.until * 1000)
    )


def _row(unit: UnitOfWork, run: str) -> Any:
    stored = id_bytes(run)
    if stored is None:
        return None
    return unit.db.one(f"SELECT {_RECORD} FROM run WHERE id=?", (stored,))  # noqa: S608


def _records(unit: UnitOfWork, rows: list[tuple[Any, ...]]) -> tuple[Record, ...]:
    return tuple(_record(unit, row) for row in rows)


def _record(unit: UnitOfWork, row: tuple[Any, ...]) -> Record:
    hook, state = unit.hooks.name(row[2]), STATES[row[3]]
    answer = None
    if state is State.SUCCEEDED:
        stored = unit.db.one("SELECT answer FROM outputs WHERE seq=?", (row[0],))
        answer = stored[0] if stored else None
    return Record(
        run=id_text(row[1]),
        hook=hook,
        state=state,
        attempts=row[4],
        accepted=row[5] / 1000,
        next_attempt=seconds_or_none(row[6]),
        finished=seconds_or_none(row[7]),
        status_code=row[8],
        duration_ms=row[9],
        reason=row[10],
        answer=answer,
        replay_of=None if row[11] is None else id_text(row[11]),
        held=unit.dispatcher.agenda.queue(hook).held(unit.seconds) if state is State.QUEUED else "",
    )
