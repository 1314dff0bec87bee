"""What time does to runs without anybody asking: they are given up, and forgotten."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.runs.coding import NUMBERS
from gateway.runs.endings import expired
from gateway.runs.run import State
from gateway.runs.sqlite.commands import Steps
from gateway.runs.sqlite.moves import move, promote
from gateway.runs.sqlite.unit_of_work import UnitOfWork

RUNS = 32
"""Purged in one transaction: each takes pages of all over the file."""
_GIVEN_UP = """SELECT seq FROM run INDEXED BY run_give_up WHERE state<2 AND give_up<=?
    ORDER BY give_up LIMIT 100"""
_EXPIRED = """SELECT seq, id, hook, state, class, lane, key FROM run INDEXED BY run_expires
    WHERE expires<=? ORDER BY expires LIMIT ?"""
_TABLES = ("payload", "outputs", "attempt", "run")
_LEAVE_KEY = "UPDATE dedup SET run=?, state=? WHERE hook=? AND key=? AND seq=?"
_KEYS = 500
_LAST_KEY = """SELECT hook, key FROM dedup WHERE (hook, key)>(?, ?)
    ORDER BY hook, key LIMIT 1 OFFSET ?"""
_SWEEP = "DELETE FROM dedup WHERE (hook, key)>(?, ?) AND (hook, key)<=(?, ?) AND expires<=?"
_SWEEP_REST = "DELETE FROM dedup WHERE (hook, key)>(?, ?) AND expires<=?"
_NEXT_LANE = "SELECT min(lane) FROM run WHERE hook=? AND lane>?"
_LANES = 100
_DEAD = NUMBERS[State.DEAD]
FIRST_KEY = (-1, b"")


def too_old(unit: UnitOfWork) -> list[int]:
    """Which runs are to be given up now."""
    return [seq for (seq,) in unit.db.execute(_GIVEN_UP, (unit.now,)).fetchall()]


def give_up(unit: UnitOfWork, runs: Iterable[int]) -> None:
    """End runs that are too old."""
    for seq in runs:
        # One that was behind another of them in its lane has moved by now.
        if (run := unit.find("seq=? AND state<2", seq)) is not None:
            policy = unit.policy(unit.hooks.name(run.hook))
            move(unit, run, expired(run.standing, policy, unit.seconds))


def purge(unit: UnitOfWork) -> int:
    """Forget finished runs whose retention is over; how many there were."""
    rows = unit.db.execute(_EXPIRED, (unit.now, RUNS)).fetchall()
    if not rows:
        return 0
    for seq, stored, hook, state, again, _lane, key in rows:
        if key is not None and state != _DEAD:
            unit.db.execute(_LEAVE_KEY, (stored, state, hook, key, seq))
        if state == _DEAD:
            unit.leave(unit.hooks.name(hook), State.DEAD, again == 1)
    for table in _TABLES:
        unit.db.execute(_deletion(table, (row[0] for row in rows)))
    if any(row[0] == unit.last_sequence for row in rows):
        # The place of a run that is gone is not given to another one after a restart.
        unit.db.execute("UPDATE meta SET value=? WHERE key='sequence'", (unit.last_sequence,))
    for _seq, _id, hook, state, _again, lane, _key in rows:
        if state == _DEAD and lane is not None:
            promote(unit, hook, lane)
    return len(rows)


def _deletion(table: str, seqs: Iterable[int]) -> str:
    return f"DELETE FROM {table} WHERE seq IN ({','.join(map(str, seqs))})"  # noqa: S608 - numbers


def sweep_keys(unit: UnitOfWork, after: tuple[int, bytes]) -> tuple[int, bytes]:
    """Forget expired keys among the next ones behind `after`; where to go on."""
    row = unit.db.one(_LAST_KEY, (*after, _KEYS - 1))
    if row is None:
        unit.db.execute(_SWEEP_REST, (*after, unit.now))
        return FIRST_KEY
    unit.db.execute(_SWEEP, (*after, *row, unit.now))
    hook, key = row
    return hook, key


def move_lanes(unit: UnitOfWork, hooks: Iterable[str]) -> Steps[None]:
    """Queue the heads of lanes that do not stand any more, after the hook has another policy."""
    for name in hooks:
        hook = unit.hooks.known(name)
        lane: bytes | None = b""
        while hook is not None and lane is not None:
            lane = _move_some(unit, hook, lane)
            yield


def _move_some(unit: UnitOfWork, hook: int, lane: bytes) -> bytes | None:
    for _ in range(_LANES):
        [(found,)] = unit.db.execute(_NEXT_LANE, (hook, lane)).fetchall()
        if found is None:
            return None
        lane = found
        promote(unit, hook, lane)
    return lane
