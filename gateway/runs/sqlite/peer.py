"""A worker at the store: what it serves, what it may be given, and what it is told."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun
from gateway.runs.sqlite import messages as m
from gateway.runs.sqlite.holding import Holding
from gateway.runs.sqlite.link import Link
from gateway.runs.sqlite.questions import Questions

SILENT = 10.0
"""Seconds; a store that works says something every five."""


class Peer:
    """Made in an event loop; says who it is on each connection. `process` is its own id."""

    def __init__(self, path: str, process: int) -> None:
        self._process = process
        self._generation = 0
        self._credit = 0
        self._start: Callable[[Assignment], None] = lambda _assignment: None
        self._stop: Callable[[str, int], None] = lambda _run, _attempt: None
        self._loop = asyncio.get_running_loop()
        self._lost_at = self._loop.time()
        """Since when there is no connection; never where there is one."""
        self.welcome: asyncio.Future[m.Welcome] = self._loop.create_future()
        """What the store says of itself, with the keys for tickets and digests."""
        self.holding = Holding()
        self.link = Link(path, self._opened, self._received, self._lost)
        self.questions = Questions(self.link)

    @property
    def alone(self) -> float:
        """Seconds without a connection; negative where there is one."""
        return self._loop.time() - self._lost_at

    @property
    def silent(self) -> bool:
        """Whether the store is there and has said nothing for long, not even its pings."""
        return self.link.is_open and self._loop.time() - self.link.heard > SILENT

    def serve(self, generation: int) -> None:
        """This process serves another generation."""
        self._generation = generation
        self.link.tell(m.Serving(generation))

    def take(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        """Be given so many runs at a time."""
        self._start, self._stop, self._credit = start, stop, credit
        self.link.tell(m.Credit(credit))

    def take_no_more(self) -> None:
        """Be given nothing on the next connection."""
        self._credit = 0

    def start_alone(self, new: NewRun, answer: Accepted | Duplicate) -> None:
        """Who asked for the run is gone, but it is running here by what the store has written."""
        if isinstance(answer, Accepted) and answer.attempt:
            self._start(
                Assignment(new.id, new.hook, answer.attempt, 0, new.invocation, new.give_up)
            )

    def _opened(self) -> None:
        self._lost_at = math.inf
        self.link.tell(m.Hello(self._process, self._generation, self.holding.told()))
        self.link.tell(m.Credit(self._credit))
        self.questions.opened()

    def _lost(self) -> None:
        self._lost_at = self._loop.time()
        self.questions.lost()

    def _received(self, message: m.ToWorker) -> None:
        match message:
            case m.Stored() | m.Known():
                self._accepted(message)
            case m.Reported():
                self._reported(message)
            case m.Assign():
                self.holding.hold(message.assignment.run, message.assignment.attempt)
                self._start(message.assignment)
            case m.Answer():
                self._answered(message)
            case m.Refused():
                self.questions.refused(message)
            case m.Abort():
                self.holding.let_go(message.run, message.attempt)
                self._stop(message.run, message.attempt)
            case m.Ping():
                self.link.tell(m.Pong())
            case m.Welcome():
                if not self.welcome.done():
                    self.welcome.set_result(message)

    def _accepted(self, message: m.Stored | m.Known) -> None:
        asked = self.questions.answered(message.number)
        if asked is None or not isinstance(asked.message, m.Accept):
            return
        new = asked.message.run
        if isinstance(message, m.Known):
            answer: Accepted | Duplicate = Duplicate(message.run, message.state)
        else:
            answer = Accepted(new.id, message.attempt)
            if message.attempt:
                self.holding.hold(new.id, message.attempt)
        if asked.awaited:
            asked.future.set_result(answer)
        else:
            self.start_alone(new, answer)

    def _reported(self, message: m.Reported) -> None:
        asked = self.questions.answered(message.number)
        if asked is None or not isinstance(asked.message, m.Report):
            return
        result = asked.message.result
        self.holding.let_go(result.run, result.attempt)
        if asked.awaited:
            asked.future.set_result(message.kept)

    def _answered(self, message: m.Answer) -> None:
        asked = self.questions.answered(message.number)
        if asked is not None and asked.awaited:
            asked.future.set_result(message.value)
