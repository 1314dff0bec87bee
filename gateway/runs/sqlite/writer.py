"""What is written together: all that workers said in a turn, and what may start after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec
import structlog

from gateway.runs.sqlite import attempts, purging
from gateway.runs.sqlite.accepting import Capacity, accept
from gateway.runs.sqlite.fault import Unreadable, fault, meaning
from gateway.runs.sqlite.messages import Accept, Refused, Report
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.unit_of_work import UnitOfWork

PAUSE = 1000
"""Milliseconds for which nothing is claimed after that has failed."""
_log = structlog.get_logger("gateway.store")


class Left(msgspec.Struct, frozen=True):
    """A worker is gone. Handled as its last message."""


Written = Accept | Report | Left
Task = tuple[int, Written]


class Writer:
    """Handles messages of sessions, which are known by their numbers here."""

    def __init__(self, unit: UnitOfWork, capacity: Capacity, reserve: Reserve) -> None:
        self._unit = unit
        self._capacity = capacity
        self._reserve = reserve
        self._again: list[Task] = []
        self.claims_from = 0
        """Nothing is claimed before, in ms."""

    @property
    def busy(self) -> bool:
        """Whether something is to be tried again."""
        return bool(self._again)

    def write(self, batch: Sequence[Task]) -> bool:
        """All of it in one transaction, and what may start after it; whether more may start now.

        What fails with others is tried alone, and refused where it fails again.
        """
        unit = self._unit
        tasks, self._again = [*self._again, *batch], []
        try:
            return self._together(tasks)
        except Exception as error:
            self.judge(error)
        for task in tasks:
            try:
                with unit.transaction():
                    self._do(task)
            except Exception as error:
                self.judge(error)
                self._refuse(task)
        self.claims_from = unit.now + PAUSE
        return False

    def _together(self, tasks: Sequence[Task]) -> bool:
        unit = self._unit
        claims = unit.now >= self.claims_from
        old = purging.too_old(unit)
        if not (tasks or old or (claims and unit.dispatcher.next_claim(unit.seconds))):
            return False
        with unit.transaction():
            if tasks:
                unit.counts.batch_size.add(len(tasks))
            for task in tasks:
                self._do(task)
            purging.give_up(unit, old)
            return claims and attempts.claim(unit)

    def _do(self, task: Task) -> None:
        session, message = task
        match message:
            case Accept():
                accept(self._unit, self._capacity, session, message)
            case Report():
                attempts.report(self._unit, session, message)
            case Left():
                attempts.interrupt(self._unit, session)

    def judge(self, error: Exception) -> None:
        """Go on after what concerns one message, or a full disk; end the store after the rest."""
        if isinstance(error, Unreadable):
            raise error
        if not isinstance(error, sqlite3.Error):
            _log.exception("a message could not be handled")
            return
        means = meaning(error)
        if means == "fatal":
            raise fault(error, str(self._unit.db.path)) from error
        if means == "statement":
            _log.exception("a message could not be stored")
        elif self._unit.db.disk_is_full() and self._reserve.give_up():
            _log.error("the disk is full: nothing is accepted until there is room again")

    def _refuse(self, task: Task) -> None:
        session, message = task
        if isinstance(message, Left):
            self._again.append(task)
        else:
            refused = Refused(message.number, "unavailable", "the store could not write it")
            self._unit.tell(session, refused)
