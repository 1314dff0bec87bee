"""After a start: whose attempts go on, and which are interrupted."""

from __future__ import annotations

import structlog

from gateway.runs.sqlite.attempts import interrupt, take_over
from gateway.runs.sqlite.messages import Hello
from gateway.runs.sqlite.unit_of_work import UnitOfWork

PATIENCE = 2000
"""Milliseconds that workers have to come back."""
_log = structlog.get_logger("gateway.store")


class Recovery:
    """`owners` are those of attempts that a store before this one left in flight, in at most
    `workers` processes.
    """

    def __init__(self, unit: UnitOfWork, owners: frozenset[int], workers: int) -> None:
        self._unit = unit
        self._owners = set(owners)
        self._awaited = workers
        self._until = unit.now + PATIENCE

    def greet(self, session: int, hello: Hello) -> None:
        """A worker is there, with what it holds."""
        # Who serves nothing yet has nothing either: the supervisor, or a worker that starts.
        self._awaited -= hello.generation > 0
        if hello.holding:
            with self._unit.transaction():
                take_over(self._unit, session, hello, self._owners)

    def step(self) -> bool | None:
        """Interrupt what nobody has come back for, one owner at a time; whether there is more, None
        where there never is again.
        """
        waits = self._awaited > 0 and self._unit.now < self._until
        if not self._owners:
            return None
        if waits:
            return False
        owner = next(iter(self._owners))
        with self._unit.transaction():
            interrupt(self._unit, owner)
        self._owners.discard(owner)
        return True
