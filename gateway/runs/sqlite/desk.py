"""The store's side of every message: what is written together, and what is only looked up."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence

import msgspec
import structlog

from gateway.runs.sqlite import attempts, commands, purging, reading
from gateway.runs.sqlite.accepting import Room, accept
from gateway.runs.sqlite.books import Books
from gateway.runs.sqlite.fault import fault, meaning
from gateway.runs.sqlite.messages import (
    Accept,
    Answer,
    Backup,
    Cancel,
    Drain,
    GetPayload,
    GetRecord,
    GetStats,
    ListRuns,
    Refused,
    Replay,
    Report,
    Show,
    Wait,
)
from gateway.runs.sqlite.reserve import Reserve
from gateway.runs.sqlite.watchers import Watcher, Watchers
from gateway.runs.stats import Stats

PAUSE = 1000
"""Milliseconds for which nothing is claimed after that has failed."""
_log = structlog.get_logger("gateway.store")
_encode = msgspec.msgpack.Encoder().encode


class Left(msgspec.Struct, frozen=True):
    """A worker is gone. Handled as its last message."""


Written = Accept | Report | Left
Task = tuple[int, Written]
Work = commands.Steps[msgspec.Struct | None]
Lookup = (
    GetRecord | Wait | ListRuns | Show | GetPayload | Replay | Cancel | GetStats | Drain | Backup
)


class Desk:
    """Handles messages of sessions, which are known by their numbers here."""

    def __init__(
        self, books: Books, room: Room, reserve: Reserve, look_around: Callable[[], Stats]
    ) -> None:
        self._books = books
        self._room = room
        self._reserve = reserve
        self._look_around = look_around
        self.backups: deque[tuple[int, Backup]] = deque()
        self.watchers = Watchers()
        self._jobs: deque[tuple[int, int, Work]] = deque()
        self._again: list[Task] = []
        self.claims_from = 0
        """Nothing is claimed before, in ms."""

    @property
    def busy(self) -> bool:
        """Whether there is something to do that nobody needs to ask for."""
        return bool(self._jobs or self._again)

    def write(self, batch: Sequence[Task]) -> bool:
        """All of it in one transaction, and what may start after it; whether more may start now.

        What fails with others is tried alone, and refused where it fails again.
        """
        books = self._books
        tasks, self._again = [*self._again, *batch], []
        try:
            return self._together(tasks)
        except Exception as error:
            self._judge(error)
        for task in tasks:
            try:
                with books.transaction():
                    self._do(task)
            except Exception as error:
                self._judge(error)
                self._refuse(task)
        self.claims_from = books.now + PAUSE
        return False

    def _together(self, tasks: Sequence[Task]) -> bool:
        books = self._books
        claims = books.now >= self.claims_from
        old = purging.too_old(books)
        if not (tasks or old or (claims and books.gate.next_claim(books.seconds))):
            return False
        with books.transaction():
            if tasks:
                books.counts.batch_size.add(len(tasks))
            for task in tasks:
                self._do(task)
            purging.give_up(books, old)
            return claims and attempts.claim(books)

    def _do(self, task: Task) -> None:
        session, message = task
        match message:
            case Accept():
                accept(self._books, self._room, session, message)
            case Report():
                attempts.report(self._books, session, message)
            case Left():
                attempts.interrupt(self._books, session)

    def _judge(self, error: Exception) -> None:
        """Go on after what concerns one message, or a full disk; end the store after the rest."""
        if not isinstance(error, sqlite3.Error):
            _log.exception("a message could not be handled")
            return
        means = meaning(error)
        if means == "fatal":
            raise fault(error, str(self._books.db.path)) from error
        if means == "statement":
            _log.exception("a message could not be stored")
        elif self._books.db.disk_is_full() and self._reserve.give_up():
            _log.error("the disk is full: nothing is accepted until there is room again")

    def _refuse(self, task: Task) -> None:
        session, message = task
        if isinstance(message, Left):
            self._again.append(task)
        else:
            self.refuse(session, message.number, "the store could not write it")

    def look_up(self, session: int, message: Lookup) -> None:
        """Answer what changes nothing, and begin with what takes many steps."""
        books, number = self._books, message.number
        match message:
            case GetRecord():
                self.answer(session, number, reading.record(books, message.run))
            case Show():
                self.answer(session, number, reading.show(books, message.run))
            case GetPayload():
                self.answer(session, number, reading.payload(books, message.run))
            case GetStats():
                self.answer(session, number, self._look_around())
            case Wait():
                self._wait(session, message)
            case Drain():
                self.answer(session, number, None)
            case Backup():
                self.backups.append((session, message))
            case _:
                self.begin(session, number, self._steps(message))

    def _steps(self, message: ListRuns | Replay | Cancel) -> Work:
        match message:
            case ListRuns():
                return reading.page(self._books, message.query)
            case Replay():
                return commands.replay(self._books, message.which, message.anew)
            case Cancel():
                return commands.cancel(self._books, message.which)

    def _wait(self, session: int, message: Wait) -> None:
        until = self._books.now + int(message.seconds * 1000)
        watcher = Watcher(until, session, message.number, message.run)
        record = reading.record(self._books, message.run)
        if watcher.is_answered(record):
            self.answer(session, message.number, record)
        else:
            self.watchers.add(watcher)

    def tell_watchers(self) -> None:
        """Answer those who wait for runs that have changed, and those who have waited enough."""
        changed, self._books.changed = self._books.changed, []
        for run in changed if self.watchers else ():
            if run in self.watchers:
                record = reading.record(self._books, run)
                for watcher in self.watchers.answered(run, record):
                    self.answer(watcher.session, watcher.number, record)
        for watcher in self.watchers.over(self._books.now):
            record = reading.record(self._books, watcher.run)
            self.answer(watcher.session, watcher.number, record)

    def begin(self, session: int, number: int, steps: Work) -> None:
        """Do something a step at a time; session 0 asks for no answer."""
        self._jobs.append((session, number, steps))

    def step(self) -> None:
        """One step of the work that waited longest."""
        if not self._jobs:
            return
        session, number, steps = self._jobs.popleft()
        try:
            with self._books.transaction():
                done, value = _advance(steps)
        except Exception as error:
            self._judge(error)
            self.refuse(session, number, "the store could not do all of it")
            return
        if not done:
            self._jobs.append((session, number, steps))
        else:
            self.answer(session, number, value)

    def leave(self, session: int) -> None:
        """A worker is gone: what it asked for is not finished."""
        self.watchers.leave(session)
        self._jobs = deque(job for job in self._jobs if job[0] != session)

    def answer(self, session: int, number: int, value: object) -> None:
        """Answer a question once everything before it is durable."""
        self._books.tell(session, Answer(number, msgspec.Raw(_encode(value))))

    def refuse(self, session: int, number: int, why: str) -> None:
        """Say that nothing is promised."""
        self._books.tell(session, Refused(number, "unavailable", why))


def _advance(
    steps: Work,
) -> tuple[bool, msgspec.Struct | None]:
    try:
        next(steps)
    except StopIteration as done:
        return True, done.value
    return False, None
