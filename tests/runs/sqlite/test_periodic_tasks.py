"""The store's own work comes in small steps, and gives way to what is asked of it."""

from __future__ import annotations

import math
from functools import partial

from gateway.runs.sqlite.periodic_tasks import BUSY_PAUSE, PeriodicTasks


def test_a_chore_is_called_every_so_often_and_one_in_each_turn() -> None:
    called: list[str] = []

    def one(name: str) -> bool:
        called.append(name)
        return False

    periodic_tasks = PeriodicTasks()
    for name in ("a", "b"):
        periodic_tasks.add(1000, partial(one, name))
    for now in (0, 1, 2, 999, 1000, 1001, 1002):
        periodic_tasks.run(now, busy=False)
    assert called == ["a", "b", "a", "b"]
    assert periodic_tasks.next == 2000


def test_a_chore_with_more_to_do_waits_only_while_runs_are_accepted() -> None:
    periodic_tasks = PeriodicTasks()
    periodic_tasks.add(1000, lambda: True)
    periodic_tasks.run(0, busy=True)
    assert periodic_tasks.next == BUSY_PAUSE
    periodic_tasks.run(BUSY_PAUSE, busy=False)
    assert periodic_tasks.next == BUSY_PAUSE


def test_a_chore_that_is_done_wakes_nobody_again() -> None:
    periodic_tasks = PeriodicTasks()
    periodic_tasks.add(50, lambda: None)
    periodic_tasks.run(0, busy=False)
    assert periodic_tasks.next == math.inf
