"""Attempts: which start, how they end, and what becomes of those whose worker is gone."""

from __future__ import annotations

import math
from collections.abc import Iterable

from gateway.runs.endings import INTERRUPTED, ended, lost
from gateway.runs.hook_queue import Claim
from gateway.runs.run import Assignment, Result, State
from gateway.runs.sqlite.fault import Unreadable
from gateway.runs.sqlite.messages import (
    Abort,
    Assign,
    Hello,
    Report,
    Reported,
)
from gateway.runs.sqlite.moves import NOTHING, move, note_attempt
from gateway.runs.sqlite.rows import COLUMNS, Kept, id_bytes, id_text, kept, milliseconds
from gateway.runs.sqlite.unit_of_work import UnitOfWork

BYTES = 8 * 1024 * 1024
"""What is assigned in one transaction at most; the first run may be larger."""
RUNS = 1000
_TOLD = frozenset({"succeeded", "dead"})
"""The outcomes of attempts whose workers know that they are the end of the run."""
_DUE = "SELECT seq, size FROM run WHERE state=1 AND hook=? AND class=? AND due<=?"
_NEXT = "SELECT min(due) FROM run WHERE state=1 AND hook=? AND class=?"
_START = """UPDATE run SET state=2, attempts=attempts+1, owner=?, due=NULL, started=?
    WHERE seq=? RETURNING id, attempts, tries, give_up"""
_PAYLOAD = "SELECT invocation FROM payload WHERE seq=?"
_OWNED = f"SELECT {COLUMNS} FROM run WHERE state=2 AND owner=? ORDER BY seq"  # noqa: S608
_SUCCEED = """UPDATE run SET state=4, tries=tries+1, owner=NULL, finished=?, expires=?,
    status_code=?, duration_ms=?, reason=? WHERE seq=? AND state=2 AND owner=? AND attempts=?"""
_SAID = "SELECT status_code, duration_ms, reason FROM"
_SUCCEEDED = f"{_SAID} run WHERE seq=? AND state=4 AND attempts=?"
_FAILED = f"{_SAID} attempt WHERE seq=? AND number=? AND outcome=?"
_OUTPUTS = "INSERT INTO outputs VALUES (?, ?)"
_OWN = "UPDATE run SET owner=? WHERE seq=?"


def report(unit: UnitOfWork, session: int, message: Report) -> None:
    """An attempt ended, if it is still that of the worker which says so."""
    result = message.result
    if result.outcome == "succeeded" and _succeeds(unit, session, result):
        unit.tell(session, Reported(message.number, True))
        return
    stored = id_bytes(result.run)
    run = None if stored is None else unit.find("id=?", stored)
    kept = run is not None and _is_of(run, session, result.attempt)
    if run is not None and kept:
        _end(unit, run, result)
    elif run is not None and _is_stored(unit, run, result):
        kept = True
    else:
        unit.counts.late += 1
    unit.tell(session, Reported(message.number, kept))


def _succeeds(unit: UnitOfWork, session: int, result: Result) -> bool:
    """End a run by its first attempt, as most do: in one statement what `endings.ended` says.

    Whether it was the attempt of this worker; where not, the long way tells what it is.
    """
    seq, number, accepted = unit.fresh.get(result.run, (0, 0, 0))
    if not seq:
        return False
    hook = unit.hooks.name(number)
    expires = unit.now + milliseconds(unit.policy(hook).keep_succeeded)
    values = (unit.now, expires, result.status_code, result.duration_ms, result.reason)
    if not unit.db.execute(_SUCCEED, (*values, seq, session, result.attempt)).rowcount:
        return False
    if result.answer is not None:
        unit.db.execute(_OUTPUTS, (seq, result.answer))
    _note_end(unit, hook, False, session, result)
    unit.count_unfinished(-1)
    unit.note_state(result.run, hook, State.SUCCEEDED, accepted)
    return True


def _note_end(unit: UnitOfWork, hook: str, again: bool, owner: int, result: Result) -> None:
    took = result.duration_ms / 1000
    unit.ends(result.run, hook, again, owner, blames(result), took)
    if result.pause_target:
        unit.dispatcher.pause(hook, unit.seconds, result.pause_target)
    unit.counts.attempts[hook][result.outcome] += 1
    if result.duration_ms:
        unit.counts.attempt_seconds[hook].add(took)


def _is_of(run: Kept, session: int, attempt: int) -> bool:
    """The fence: the attempt is in flight, and this worker's."""
    return run.state is State.RUNNING and run.owner == session and run.attempts == attempt


def _is_stored(unit: UnitOfWork, run: Kept, result: Result) -> bool:
    """Whether this very result was taken before: the store ended between commit and answer."""
    if result.outcome == "succeeded":
        row = unit.db.one(_SUCCEEDED, (run.seq, result.attempt))
    else:
        row = unit.db.one(_FAILED, (run.seq, result.attempt, result.outcome))
    return row == (result.status_code, result.duration_ms, result.reason)


def _end(unit: UnitOfWork, run: Kept, result: Result) -> None:
    hook, said = unit.hooks.name(run.hook), (result.status_code, result.duration_ms)
    to = ended(run.standing, result, unit.policy(hook), unit.seconds)
    if to.state is not State.SUCCEEDED:
        note_attempt(unit, run, result.outcome, said, result.reason)
    elif result.answer is not None:
        unit.db.execute(_OUTPUTS, (run.seq, result.answer))
    _note_end(unit, hook, run.again == 1, run.owner or 0, result)
    if result.outcome == "held" and not result.delay:
        unit.dispatcher.hold(hook, unit.seconds, result.reason)
    move(unit, run, to, said, told=result.outcome in _TOLD)


def blames(result: Result) -> bool | None:
    """What the end of an attempt says about the target; None where it was not asked."""
    if result.outcome in ("interrupted", "held"):
        return None
    return result.blames_target


def claim(unit: UnitOfWork) -> bool:
    """Start what is due, as far as there are slots; whether there is more to start now."""
    size = runs = 0
    while (order := unit.dispatcher.next_claim(unit.seconds)) is not None:
        if size >= BYTES or runs >= RUNS:
            return True
        started, took = _start(unit, order, BYTES - size)
        runs, size = runs + started + 1, size + took
    return False


def _start(unit: UnitOfWork, order: Claim, room: int) -> tuple[int, int]:
    """How many runs were started, and the size of their payloads."""
    hook, again = unit.hooks.known(order.hook), int(order.again)
    due = unit.db.execute(
        f"{_DUE} ORDER BY due, seq LIMIT ?", (hook, again, unit.now, order.count)
    ).fetchall()
    chosen, size = _fitting(due, room)
    texts = [_assign(unit, order, seq) for seq in sorted(chosen)]
    [(later,)] = unit.db.execute(_NEXT, (hook, again)).fetchall()
    next_due = math.inf if later is None else later / 1000
    unit.dispatcher.claimed(order, texts, next_due, unit.seconds)
    mark = unit.dispatcher.agenda.queue(order.hook).mark
    unit.undo(lambda: _unclaim(unit, order, texts, mark))
    return len(texts), size


def _fitting(due: Iterable[tuple[int, int]], room: int) -> tuple[list[int], int]:
    """As many as there is room for, at least one."""
    chosen: list[int] = []
    total = 0
    for seq, size in due:
        if chosen and total + size > room:
            break
        chosen.append(seq)
        total += size
    return chosen, total


def _assign(unit: UnitOfWork, order: Claim, seq: int) -> str:
    row = unit.db.one(_START, (order.owner, unit.now, seq))
    found = unit.db.one(_PAYLOAD, (seq,))
    if row is None or found is None:
        raise Unreadable(f"run {seq} is due and not whole")
    (stored, attempt, tries, give_up), (payload,) = row, found
    text, left = id_text(stored), (give_up - unit.now) / 1000
    unit.tell(order.owner, Assign(Assignment(text, order.hook, attempt, tries, payload, left)))
    return text


def _unclaim(unit: UnitOfWork, order: Claim, texts: list[str], mark: int) -> None:
    now = unit.seconds
    unit.dispatcher.agenda.queue(order.hook).give_back(len(texts), mark)
    for text in texts:
        unit.dispatcher.ended(text, order.hook, order.again, order.owner, now)
    unit.dispatcher.add(order.hook, State.QUEUED, order.again, now, due=now, count=len(texts))


def interrupt(unit: UnitOfWork, owner: int) -> None:
    """A worker is gone: what it had in flight is queued again, or dead after several times."""
    for row in unit.db.execute(_OWNED, (owner,)).fetchall():
        run = kept(row)
        text, hook = unit.named(run)
        to = lost(run.standing, unit.policy(hook), unit.seconds, unit.share())
        note_attempt(unit, run, "interrupted", NOTHING, INTERRUPTED)
        unit.ends(text, hook, run.again == 1, owner)
        unit.counts.attempts[hook]["interrupted"] += 1
        unit.counts.interrupted += 1
        move(unit, run, to, NOTHING)


def take_over(unit: UnitOfWork, session: int, hello: Hello, gone: Iterable[int]) -> None:
    """A worker goes on with attempts of a session that is `gone`; the others it has to end."""
    owners = set(gone)
    for text, attempt in hello.holding:
        stored = id_bytes(text)
        run = None if stored is None else unit.find("id=?", stored)
        if run is None or run.owner not in owners or not _is_of(run, run.owner, attempt):
            unit.tell(session, Abort(text, attempt))
            continue
        hook, again = unit.hooks.name(run.hook), run.again == 1
        unit.db.execute(_OWN, (session, run.seq))
        unit.passes(text, hook, again, run.owner, session)
