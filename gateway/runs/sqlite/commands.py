"""What operators do to many runs: a step at a time, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import msgspec

from gateway.ids import uuid7
from gateway.runs import lanes
from gateway.runs.changes import Done, span
from gateway.runs.coding import NUMBERS
from gateway.runs.endings import CANCELLED_RUNNING, cancelled, replayed
from gateway.runs.run import State
from gateway.runs.selection import Changed, Selection
from gateway.runs.sqlite.messages import Abort
from gateway.runs.sqlite.moves import NOTHING, heads, move, note_attempt
from gateway.runs.sqlite.rows import COLUMNS, Kept, id_bytes, id_text, kept, milliseconds
from gateway.runs.sqlite.unit_of_work import UnitOfWork

T = TypeVar("T")
Steps = Generator[None, None, T]
"""Work in steps, with a result. Each step is within a transaction."""

STEP = 200
"""Rows that one step reads."""
_WIDER = f"{COLUMNS}, gate"
_COPY = """INSERT INTO run(seq, id, hook, state, class, due, accepted, give_up, lane, gate, size,
    replay_of) SELECT ?, ?, hook, ?, 1, ?, ?, ?, lane, gate, size, id FROM run WHERE seq=?"""
_COPY_PAYLOAD = "INSERT INTO payload SELECT ?, invocation FROM payload WHERE seq=?"
_FINAL = frozenset({State.DEAD, State.CANCELLED})
Act = Callable[[UnitOfWork, Kept], str]


class _Candidate(msgspec.Struct, frozen=True):
    run: Kept
    gate: bytes


def replay(unit: UnitOfWork, which: Selection, anew: bool) -> Steps[Changed]:
    """Let final runs go on, or copies of them."""
    if anew:
        return _change(unit, which, lambda run: run.state.final, _start_copy)
    return _change(unit, which, lambda run: run.state in _FINAL, _go_on)


def cancel(unit: UnitOfWork, which: Selection) -> Steps[Changed]:
    """End runs that are unfinished, and dead ones that are asked for or hold their lane."""

    def fits(run: Kept) -> bool:
        if which.state is State.DEAD:
            return run.state is State.DEAD
        stands = run.state is State.DEAD and run.lane is not None
        return not run.state.final or (stands and unit.ordered(run.hook) == "hold")

    return _change(unit, which, fits, _cancel)


def _change(
    unit: UnitOfWork, which: Selection, fits: Callable[[Kept], bool], act: Act
) -> Steps[Changed]:
    after, last = span(which.after, unit.last_sequence)
    done = Done()
    for candidates in _chosen(unit, which, after, last):
        for one in candidates:
            # Read again: what was done to the one before may have moved this one.
            run = unit.find("seq=?", one.run.seq)
            if run is None or not fits(run):
                continue
            done.matched += 1
            if which.gate is not None and one.gate != which.gate:
                done.differs += 1
            elif not which.dry_run:
                done.change(act(unit, run))
            if done.matched == which.limit and not which.runs:
                return done.told(f"{one.run.seq}-{last}")
        yield
    return done.told()


def _go_on(unit: UnitOfWork, run: Kept) -> str:
    policy = unit.policy(unit.hooks.name(run.hook))
    # In a lane it waits first, and is queued with the same statement's lane where it is the head.
    move(unit, run, replayed(policy, unit.seconds, waits=run.lane is not None))
    return id_text(run.id)


def _start_copy(unit: UnitOfWork, run: Kept) -> str:
    hook = unit.hooks.name(run.hook)
    made, seq = uuid7(), unit.next_sequence()
    states = () if run.lane is None else [state for _, state in heads(unit, run.hook, run.lane)]
    waits = lanes.waits(states, unit.ordered(run.hook))
    state = State.WAITING if waits else State.QUEUED
    give_up = unit.now + milliseconds(unit.policy(hook).give_up)
    due = None if waits else unit.now
    unit.db.execute(
        _COPY,
        (seq, id_bytes(made), NUMBERS[state], due, unit.now, give_up, run.seq),
    )
    unit.db.execute(_COPY_PAYLOAD, (seq, run.seq))
    unit.enter(hook, state, True, None if waits else unit.seconds)
    unit.count_unfinished(1)
    return made


def _cancel(unit: UnitOfWork, run: Kept) -> str:
    text, hook = unit.named(run)
    if run.state is State.RUNNING:
        owner = run.owner or 0
        note_attempt(unit, run, "cancelled", NOTHING, CANCELLED_RUNNING)
        unit.ends(text, hook, run.again == 1, owner)
        unit.tell(owner, Abort(text, run.attempts))
    said = NOTHING if run.state is State.RUNNING else None
    move(unit, run, cancelled(run.standing, unit.policy(hook), unit.seconds), said)
    return text


def _chosen(
    unit: UnitOfWork, which: Selection, after: int, last: int
) -> Iterator[list[_Candidate]]:
    """The runs that are meant, a step's at a time."""
    if which.runs:
        return _by_id(unit, which.runs)
    return _by_order(unit, which, after, last)


def _by_id(unit: UnitOfWork, runs: Sequence[str]) -> Iterator[list[_Candidate]]:
    ids = iter([stored for run in dict.fromkeys(runs) if (stored := id_bytes(run))])
    while group := list(islice(ids, STEP)):
        found = [_read(unit, "WHERE id=?", stored) for stored in group]
        yield [one for rows in found for one in rows]


def _by_order(
    unit: UnitOfWork, which: Selection, after: int, last: int
) -> Iterator[list[_Candidate]]:
    """In the order of acceptance. What is accepted meanwhile is not among them."""
    where, values = narrowed(unit, which.hook, which.state)
    seq = after
    while rows := _read(
        unit, f"{where} AND seq>? AND seq<=? ORDER BY seq LIMIT {STEP}", *values, seq, last
    ):
        seq = rows[-1].run.seq
        yield [one for one in rows if _is_meant(one, which)]


def narrowed(unit: UnitOfWork, hook: str, state: State | None) -> tuple[str, list[int]]:
    """What of a selection an index knows; begins with the index and WHERE."""
    number = unit.hooks.known(hook) if hook else 0
    values = [-1 if number is None else number] if hook else []
    if state is State.DEAD:
        # Without being told, the planner takes the index of all runs of the hook.
        index = "run_dead_of" if hook else "run_dead"
        return f"INDEXED BY {index} WHERE state=5" + (" AND hook=?" if hook else ""), values
    return ("INDEXED BY run_hook WHERE hook=?" if hook else "WHERE 1"), values


def _is_meant(one: _Candidate, which: Selection) -> bool:
    return (
        (which.state is None or one.run.state is which.state)
        and (which.since is None or one.run.accepted >= which.since * 1000)
        and (which.until is None or one.run.accepted < which.until * 1000)
    )


def _read(unit: UnitOfWork, where: str, *values: object) -> list[_Candidate]:
    rows = unit.db.execute(f"SELECT {_WIDER} FROM run {where}", values)  # noqa: S608 - ours
    return [_Candidate(kept(row[:-1]), row[-1]) for row in rows.fetchall()]
