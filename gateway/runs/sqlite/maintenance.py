"""What the store does without being asked, and when it has to wake up for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import structlog

from gateway.runs.sqlite.clock import Clock
from gateway.runs.sqlite.fault import fault, meaning
from gateway.runs.sqlite.periodic_tasks import PeriodicTasks
from gateway.runs.sqlite.purging import FIRST_KEY, RUNS, purge, sweep_keys
from gateway.runs.sqlite.recovery import Recovery
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.unit_of_work import UnitOfWork

PING = 5000
SECOND = 1000
_ROOM = 10_000
_RECOVERY = 50
_VACUUM = 256
_LEAP = 60
"""Seconds between the store's clock and that of the system, from which on it is worth a line."""
_log = structlog.get_logger("gateway.store")


class Maintenance:
    """One small step a turn."""

    def __init__(
        self,
        unit: UnitOfWork,
        clock: Clock,
        recovery: Recovery,
        reserve: Reserve,
        ping: Callable[[], bool],
    ) -> None:
        self._unit = unit
        self._clock = clock
        self._reserve = reserve
        self._key = FIRST_KEY
        self._periodic_tasks = PeriodicTasks()
        self._periodic_tasks.add(_RECOVERY, recovery.step)
        self._periodic_tasks.add(PING, ping)
        self._periodic_tasks.add(SECOND, self._purge)
        self._periodic_tasks.add(SECOND, self._sweep)
        self._periodic_tasks.add(_ROOM, self._make_room)
        self._periodic_tasks.add(_LEAP * SECOND, self._watch_clock)

    @property
    def next(self) -> float:
        """When there is something to do, in ms."""
        return self._periodic_tasks.next

    def step(self, busy: bool) -> None:
        """What is due. `busy`: runs are accepted, and wait for this."""
        try:
            self._periodic_tasks.run(self._unit.now, busy)
        except sqlite3.Error as error:
            means = meaning(error)
            if means == "fatal":
                raise fault(error, str(self._unit.db.path)) from error
            if means == "statement":
                _log.exception("the store could not be tidied")
            elif self._unit.db.disk_is_full():
                self._reserve.give_up()

    def _purge(self) -> bool:
        with self._unit.transaction():
            return purge(self._unit) == RUNS

    def _sweep(self) -> bool:
        with self._unit.transaction():
            self._key = sweep_keys(self._unit, self._key)
        return False

    def _make_room(self) -> bool:
        """Keep the reserve, and give pages back where many are not in use."""
        if not self._reserve.held and self._reserve.take():
            _log.info("there is room on the disk again: runs are accepted")
        db = self._unit.db
        if 4 * db.free_pages() * 4096 <= db.used():
            return False
        with self._unit.transaction():
            db.shrink(_VACUUM)
        return True

    def _watch_clock(self) -> bool:
        offset = self._clock.offset()
        if abs(offset) > _LEAP:
            _log.warning(
                "the system's clock was set: the store goes on with its own until it is started "
                "again",
                seconds=round(offset),
            )
        return False
