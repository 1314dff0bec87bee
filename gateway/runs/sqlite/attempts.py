"""Attempts: which start, how they end, and what becomes of those whose worker is gone."""

from __future__ import annotations

import math
from collections.abc import Iterable

from gateway.runs.endings import INTERRUPTED, ended, lost
from gateway.runs.gate import Claim
from gateway.runs.run import Assignment, Result, State
from gateway.runs.sqlite.books import Books
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


def report(books: Books, session: int, message: Report) -> None:
    """An attempt ended, if it is still that of the worker which says so."""
    result = message.result
    if result.outcome == "succeeded" and _succeeds(books, session, result):
        books.tell(session, Reported(message.number, True))
        return
    stored = id_bytes(result.run)
    run = None if stored is None else books.find("id=?", stored)
    kept = run is not None and _is_of(run, session, result.attempt)
    if run is not None and kept:
        _end(books, run, result)
    elif run is not None and _is_stored(books, run, result):
        kept = True
    else:
        books.counts.late += 1
    books.tell(session, Reported(message.number, kept))


def _succeeds(books: Books, session: int, result: Result) -> bool:
    """End a run by its first attempt, as most do: in one statement what `endings.ended` says.

    Whether it was the attempt of this worker; where not, the long way tells what it is.
    """
    seq, number, accepted = books.fresh.get(result.run, (0, 0, 0))
    if not seq:
        return False
    hook = books.hooks.name(number)
    expires = books.now + milliseconds(books.policy(hook).keep_succeeded)
    values = (books.now, expires, result.status_code, result.duration_ms, result.reason)
    if not books.db.execute(_SUCCEED, (*values, seq, session, result.attempt)).rowcount:
        return False
    if result.answer is not None:
        books.db.execute(_OUTPUTS, (seq, result.answer))
    _note_end(books, hook, False, session, result)
    books.count_unfinished(-1)
    books.note_state(result.run, hook, State.SUCCEEDED, accepted)
    return True


def _note_end(books: Books, hook: str, again: bool, owner: int, result: Result) -> None:
    took = result.duration_ms / 1000
    books.ends(result.run, hook, again, owner, blames(result), took)
    if result.pause_target:
        books.gate.pause(hook, books.seconds, result.pause_target)
    books.counts.attempts[hook][result.outcome] += 1
    if result.duration_ms:
        books.counts.attempt_seconds[hook].add(took)


def _is_of(run: Kept, session: int, attempt: int) -> bool:
    """The fence: the attempt is in flight, and this worker's."""
    return run.state is State.RUNNING and run.owner == session and run.attempts == attempt


def _is_stored(books: Books, run: Kept, result: Result) -> bool:
    """Whether this very result was taken before: the store ended between commit and answer."""
    if result.outcome == "succeeded":
        row = books.db.one(_SUCCEEDED, (run.seq, result.attempt))
    else:
        row = books.db.one(_FAILED, (run.seq, result.attempt, result.outcome))
    return row == (result.status_code, result.duration_ms, result.reason)


def _end(books: Books, run: Kept, result: Result) -> None:
    hook, said = books.hooks.name(run.hook), (result.status_code, result.duration_ms)
    to = ended(run.standing, result, books.policy(hook), books.seconds)
    if to.state is not State.SUCCEEDED:
        note_attempt(books, run, result.outcome, said, result.reason)
    elif result.answer is not None:
        books.db.execute(_OUTPUTS, (run.seq, result.answer))
    _note_end(books, hook, run.again == 1, run.owner or 0, result)
    if result.outcome == "held":
        books.gate.hold(hook, books.seconds, result.reason)
    move(books, run, to, said, told=result.outcome in _TOLD)


def blames(result: Result) -> bool | None:
    """What the end of an attempt says about the target; None where it was not asked."""
    if result.outcome in ("interrupted", "held"):
        return None
    return result.blames_target


def claim(books: Books) -> bool:
    """Start what is due, as far as there are slots; whether there is more to start now."""
    size = runs = 0
    while (order := books.gate.next_claim(books.seconds)) is not None:
        if size >= BYTES or runs >= RUNS:
            return True
        started, took = _start(books, order, BYTES - size)
        runs, size = runs + started + 1, size + took
    return False


def _start(books: Books, order: Claim, room: int) -> tuple[int, int]:
    """How many runs were started, and the size of their payloads."""
    hook, again = books.hooks.known(order.hook), int(order.again)
    due = books.db.execute(
        f"{_DUE} ORDER BY due, seq LIMIT ?", (hook, again, books.now, order.count)
    ).fetchall()
    chosen, size = _fitting(due, room)
    texts = [_assign(books, order, seq) for seq in sorted(chosen)]
    [(later,)] = books.db.execute(_NEXT, (hook, again)).fetchall()
    next_due = math.inf if later is None else later / 1000
    books.gate.claimed(order, texts, next_due, books.seconds)
    books.undo(lambda: _unclaim(books, order, texts))
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


def _assign(books: Books, order: Claim, seq: int) -> str:
    row = books.db.one(_START, (order.owner, books.now, seq))
    found = books.db.one(_PAYLOAD, (seq,))
    if row is None or found is None:
        raise Unreadable(f"run {seq} is due and not whole")
    (stored, attempt, tries, give_up), (payload,) = row, found
    text, left = id_text(stored), (give_up - books.now) / 1000
    books.tell(order.owner, Assign(Assignment(text, order.hook, attempt, tries, payload, left)))
    return text


def _unclaim(books: Books, order: Claim, texts: list[str]) -> None:
    now = books.seconds
    for text in texts:
        books.gate.ended(text, order.hook, order.again, order.owner, now)
    books.gate.add(order.hook, State.QUEUED, order.again, now, due=now, count=len(texts))


def interrupt(books: Books, owner: int) -> None:
    """A worker is gone: what it had in flight is queued again, or dead after several times."""
    for row in books.db.execute(_OWNED, (owner,)).fetchall():
        run = kept(row)
        text, hook = books.named(run)
        to = lost(run.standing, books.policy(hook), books.seconds, books.share())
        note_attempt(books, run, "interrupted", NOTHING, INTERRUPTED)
        books.ends(text, hook, run.again == 1, owner)
        books.counts.attempts[hook]["interrupted"] += 1
        books.counts.interrupted += 1
        move(books, run, to, NOTHING)


def take_over(books: Books, session: int, hello: Hello, gone: Iterable[int]) -> None:
    """A worker goes on with attempts of a session that is `gone`; the others it has to end."""
    owners = set(gone)
    for text, attempt in hello.holding:
        stored = id_bytes(text)
        run = None if stored is None else books.find("id=?", stored)
        if run is None or run.owner not in owners or not _is_of(run, run.owner, attempt):
            books.tell(session, Abort(text, attempt))
            continue
        hook, again = books.hooks.name(run.hook), run.again == 1
        books.db.execute(_OWN, (session, run.seq))
        books.ends(text, hook, again, run.owner)
        books.starts(text, hook, again, session)
