"""The store's own work comes in small steps, and gives way to what is asked of it."""

from __future__ import annotations

import math
from functools import partial

from gateway.runs.sqlite.chores import BUSY_PAUSE, Chores


def test_a_chore_is_called_every_so_often_and_one_in_each_turn() -> None:
    called: list[str] = []

    def one(name: str) -> bool:
        called.append(name)
        return False

    chores = Chores()
    for name in ("a", "b"):
        chores.add(1000, partial(one, name))
    for now in (0, 1, 2, 999, 1000, 1001, 1002):
        chores.run(now, busy=False)
    assert called == ["a", "b", "a", "b"]
    assert chores.next == 2000


def test_a_chore_with_more_to_do_waits_only_while_runs_are_accepted() -> None:
    chores = Chores()
    chores.add(1000, lambda: True)
    chores.run(0, busy=True)
    assert chores.next == BUSY_PAUSE
    chores.run(BUSY_PAUSE, busy=False)
    assert chores.next == BUSY_PAUSE


def test_a_chore_that_is_done_wakes_nobody_again() -> None:
    chores = Chores()
    chores.add(50, lambda: None)
    chores.run(0, busy=False)
    assert chores.next == math.inf
