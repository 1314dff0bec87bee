"""The store's side of what workers ask: what is looked up, waited for, or done in steps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from gateway.runs.sqlite import commands, reading
from gateway.runs.sqlite.messages import (
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
    Show,
    Wait,
)
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.sqlite.watchers import Watcher, Watchers
from gateway.runs.stats import Stats

_encode = msgspec.msgpack.Encoder().encode
Work = commands.Steps[msgspec.Struct | None]
Lookup = (
    GetRecord | Wait | ListRuns | Show | GetPayload | Replay | Cancel | GetStats | Drain | Backup
)


class LookupHandler:
    """Answers sessions, which are known by their numbers here. `judge` is told of what fails."""

    def __init__(
        self, unit: UnitOfWork, judge: Callable[[Exception], None], look_around: Callable[[], Stats]
    ) -> None:
        self._unit = unit
        self._judge = judge
        self._look_around = look_around
        self.backups: deque[tuple[int, Backup]] = deque()
        self.watchers = Watchers()
        self._jobs: deque[tuple[int, int, Work]] = deque()

    @property
    def busy(self) -> bool:
        """Whether there is something to do that nobody needs to ask for."""
        return bool(self._jobs)

    def look_up(self, session: int, message: Lookup) -> None:
        """Answer what changes nothing, and begin with what takes many steps."""
        unit, number = self._unit, message.number
        match message:
            case GetRecord():
                self.answer(session, number, reading.record(unit, message.run))
            case Show():
                self.answer(session, number, reading.show(unit, message.run))
            case GetPayload():
                self.answer(session, number, reading.payload(unit, message.run))
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
                return reading.page(self._unit, message.query)
            case Replay():
                return commands.replay(self._unit, message.which, message.anew)
            case Cancel():
                return commands.cancel(self._unit, message.which)

    def _wait(self, session: int, message: Wait) -> None:
        until = self._unit.now + int(message.seconds * 1000)
        watcher = Watcher(until, session, message.number, message.run)
        record = reading.record(self._unit, message.run)
        if watcher.is_answered(record):
            self.answer(session, message.number, record)
        else:
            self.watchers.add(watcher)

    def tell_watchers(self) -> None:
        """Answer those who wait for runs that have changed, and those who have waited enough."""
        changed, self._unit.changed = self._unit.changed, []
        for run in changed if self.watchers else ():
            if run in self.watchers:
                record = reading.record(self._unit, run)
                for watcher in self.watchers.answered(run, record):
                    self.answer(watcher.session, watcher.number, record)
        for watcher in self.watchers.over(self._unit.now):
            record = reading.record(self._unit, watcher.run)
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
            with self._unit.transaction():
                done, value = _advance(steps)
        except Exception as error:
            self._judge(error)
            self.refuse(session, number, "the store could not do all of it")
            return
        if not done:
            self._jobs.append((session, number, steps))
        else:
            self.answer(session, number, value)

    def answer(self, session: int, number: int, value: object) -> None:
        """Answer a question once everything before it is durable."""
        self._unit.tell(session, Answer(number, msgspec.Raw(_encode(value))))

    def refuse(self, session: int, number: int, why: str) -> None:
        """Say that nothing is promised."""
        self._unit.tell(session, Refused(number, "unavailable", why))

    def decline(self, session: int, number: int, why: str) -> None:
        """Say why what an operator asked for cannot be done."""
        self._unit.tell(session, Refused(number, "declined", why))


def _advance(steps: Work) -> tuple[bool, msgspec.Struct | None]:
    try:
        next(steps)
    except StopIteration as done:
        return True, done.value
    return False, None
