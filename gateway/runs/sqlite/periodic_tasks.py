"""What a store does by itself, a little at a time and never all at once."""

from __future__ import annotations

import math
from collections.abc import Callable

BUSY_PAUSE = 50
"""Milliseconds between two steps of a task that has more to do, while runs are accepted."""


class PeriodicTasks:
    """Each is called every so often, and again soon where it says that there is more to do."""

    def __init__(self) -> None:
        self._periodic_tasks: list[tuple[int, Callable[[], bool | None]]] = []
        self._due: list[float] = []

    def add(self, every: int, task: Callable[[], bool | None]) -> None:
        """`every` is in ms. A task returns whether there is more to do now, None to end."""
        self._periodic_tasks.append((every, task))
        self._due.append(0)

    def run(self, now: int, busy: bool) -> None:
        """Do one step of the task that is due longest, if one is."""
        at = min(self._due)
        if at > now:
            return
        index = self._due.index(at)
        every, task = self._periodic_tasks[index]
        # First, so that one that fails is not tried again at once.
        self._due[index] = now + every
        more = task()
        if more is None:
            self._due[index] = math.inf
        elif more:
            self._due[index] = now + (BUSY_PAUSE if busy else 0)

    @property
    def next(self) -> float:
        """When the next one is due, in ms."""
        return min(self._due)
