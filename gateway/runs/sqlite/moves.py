"""Where a run goes: its row, the numbers, its lane, and the attempt that has ended."""

from __future__ import annotations

from gateway.runs.coding import NUMBERS
from gateway.runs.endings import Move, promoted
from gateway.runs.lanes import next_of
from gateway.runs.run import State
from gateway.runs.sqlite.rows import Kept, id_text, milliseconds, optional
from gateway.runs.sqlite.unit_of_work import UnitOfWork

_LANE = "SELECT min(seq) FROM run WHERE hook=?1 AND lane=?2 AND state="
_LANE_HEADS = f"SELECT ({_LANE}0), ({_LANE}1), ({_LANE}2), ({_LANE}5)"
_LANE_STATES = (State.WAITING, State.QUEUED, State.RUNNING, State.DEAD)
_MOVE = """UPDATE run SET state=?, class=?, due=?, tries=?, interrupted=?, give_up=?, finished=?,
    expires=?, reason=coalesce(?, reason), owner=NULL"""
_FENCE = " WHERE seq=? AND state=? AND attempts=?"
_ATTEMPT = "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)"
_FORGET_ATTEMPT = "DELETE FROM attempt WHERE seq=? AND number<=?"
KEPT_ATTEMPTS = 20
Said = tuple[int | None, int | None]
"""The status code of an attempt and its duration in ms."""
NOTHING: Said = (None, None)


def move(
    unit: UnitOfWork, run: Kept, to: Move, said: Said | None = None, *, told: bool = False
) -> None:
    """A run goes where `to` says; `said` is how its attempt ended, if one did. `told`: its worker
    tells of the end of the run.
    """
    hook = unit.hooks.name(run.hook)
    values = [
        NUMBERS[to.state], to.again, optional(to.due), to.tries, to.interrupted,
        milliseconds(to.give_up), optional(to.finished), optional(to.expires), to.reason,
    ]  # fmt: skip
    statement = _MOVE
    if said is not None:
        statement += ", status_code=?, duration_ms=?"
        values += said
    fence = (run.seq, run.number, run.attempts)
    done = unit.db.execute(statement + _FENCE, (*values, *fence)).rowcount
    assert done == 1, "a run moved between two statements"  # noqa: S101 - there is one writer
    if run.state is not State.RUNNING:
        unit.leave(hook, run.state, run.again == 1)
    unit.enter(hook, to.state, to.again, to.due)
    unit.count_unfinished(run.state.final - to.state.final)
    text = id_text(run.id)
    unit.note_state(text, hook, to.state, run.accepted)
    if to.state.final and not told:
        unit.ended.append((text, hook, to.state, run.attempts, to.reason or ""))
    if run.lane is not None and to.state is not State.QUEUED:
        promote(unit, run.hook, run.lane)


def promote(unit: UnitOfWork, hook: int, lane: bytes) -> None:
    """Queue the head of a lane where it is its turn."""
    head = next_of(heads(unit, hook, lane), unit.ordered(hook))
    if head is None:
        return
    run = unit.find("seq=?", head)
    assert run is not None  # noqa: S101 - the index named it
    move(unit, run, promoted(run.standing, unit.seconds))


def heads(unit: UnitOfWork, hook: int, lane: bytes) -> list[tuple[int, State]]:
    """The first run of a lane in each state that matters."""
    row = unit.db.one(_LANE_HEADS, (hook, lane)) or ()
    pairs = zip(row, _LANE_STATES, strict=True)
    return [(seq, state) for seq, state in pairs if isinstance(seq, int)]


def note_attempt(unit: UnitOfWork, run: Kept, outcome: str, said: Said, reason: str) -> None:
    """Keep how an attempt ended without success."""
    code, took = said
    started = unit.now if run.started is None else run.started
    unit.db.execute(_ATTEMPT, (run.seq, run.attempts, started, outcome, took, code, reason))
    if run.attempts > KEPT_ATTEMPTS:
        unit.db.execute(_FORGET_ATTEMPT, (run.seq, run.attempts - KEPT_ATTEMPTS))
