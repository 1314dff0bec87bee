"""What the dispatcher is told at the start: numbers, and the few runs that are in flight."""

from __future__ import annotations

from gateway.runs.run import State
from gateway.runs.sqlite.rows import COLUMNS, kept
from gateway.runs.sqlite.unit_of_work import UnitOfWork

_WAITING = """SELECT hook, class, count(*) FROM run INDEXED BY run_waiting WHERE state=0
    GROUP BY hook, class"""
_QUEUED = """SELECT hook, class, count(*), min(due) FROM run INDEXED BY run_due WHERE state=1
    GROUP BY hook, class"""
_DEAD = "SELECT hook, count(*) FROM run INDEXED BY run_dead_of WHERE state=5 GROUP BY hook"
_RUNNING = f"SELECT {COLUMNS} FROM run INDEXED BY run_running WHERE state=2"  # noqa: S608


def load(unit: UnitOfWork) -> frozenset[int]:
    """Count what is there. Returns the owners of what a store before this one left running."""
    execute, name, now = unit.db.execute, unit.hooks.name, unit.seconds
    add = unit.dispatcher.add
    for hook, again, count in execute(_WAITING).fetchall():
        add(name(hook), State.WAITING, again == 1, now, count=count)
        unit.unfinished += count
    for hook, again, count, due in execute(_QUEUED).fetchall():
        add(name(hook), State.QUEUED, again == 1, now, due=due / 1000, count=count)
        unit.unfinished += count
    for hook, count in execute(_DEAD).fetchall():
        add(name(hook), State.DEAD, True, now, count=count)
    running = [kept(row) for row in execute(_RUNNING).fetchall()]
    for run in running:
        text, hook_name = unit.named(run)
        unit.dispatcher.resumed(text, hook_name, run.again == 1, run.owner or 0, now)
    unit.unfinished += len(running)
    return frozenset(run.owner or 0 for run in running)
