"""The store of this host as a worker sees it, over a Unix socket."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.msgpack import Decoder

from gateway.runs.run import (
    Accepted,
    Assignment,
    Changed,
    Detail,
    Duplicate,
    NewRun,
    Page,
    Query,
    Record,
    Result,
    Selection,
)
from gateway.runs.sqlite import messages as m
from gateway.runs.sqlite.link import Link
from gateway.runs.sqlite.questions import DOWN, Questions
from gateway.runs.stats import Stats
from gateway.runs.store import RETRY_LATER, StoreUnavailable

COMMIT = 2.0
"""Seconds after which nobody is promised a run that the store has not acknowledged."""
LOOK_UP = 10.0
T = TypeVar("T")
Ask = Callable[[int], m.Question]
_RECORD = Decoder(Record | None)
_PAGE = Decoder(Page)
_DETAIL = Decoder(Detail | None)
_PAYLOAD = Decoder(bytes | None)
_CHANGED = Decoder(Changed)
_STATS = Decoder(Stats)
_SIZE = Decoder(int)
_NOTHING = Decoder(type(None))


class SqliteStore:
    """A `RunStore`. Made in an event loop; connects by itself, now and after each loss.

    What it holds are the attempts that this process has started and whose end is not durable; when
    the store comes back, they go on.
    """

    def __init__(self, path: str, process: int | None = None) -> None:
        self._process = os.getpid() if process is None else process
        self._generation = 0
        self._credit = 0
        self._start: Callable[[Assignment], None] = lambda _assignment: None
        self._stop: Callable[[str, int], None] = lambda _run, _attempt: None
        self._holding: dict[str, int] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self.welcome: asyncio.Future[m.Welcome] = asyncio.get_running_loop().create_future()
        """What the store says of itself, with the keys for tickets and digests."""
        self._loop = asyncio.get_running_loop()
        self._lost_at = self._loop.time()
        """Since when there is no connection; never where there is one."""
        self._link = Link(path, self._opened, self._received, self._lost)
        self._questions = Questions(self._link)

    @property
    def is_connected(self) -> bool:
        """Whether the store is there."""
        return self._link.is_open

    def serving(self, generation: int) -> None:
        """This process serves another generation."""
        self._generation = generation
        self._link.tell(m.Serving(generation))

    async def accept(self, new: NewRun) -> Accepted | Duplicate:
        """Keep a run; see `RunStore`. Raises StoreUnavailable after COMMIT seconds."""
        if self._link.is_full:
            raise StoreUnavailable(DOWN, RETRY_LATER, "the store is far behind")
        if self._loop.time() - self._lost_at > COMMIT:
            # Callers that wait in vain would keep others out.
            raise StoreUnavailable(DOWN, RETRY_LATER, "there is no connection to the store")
        try:
            future = self._questions.ask(lambda number: m.Accept(number, new), COMMIT, False)
        except ValueError as error:
            raise StoreUnavailable(DOWN, RETRY_LATER, str(error)) from error
        try:
            answer: Accepted | Duplicate = await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._start_alone(new, future.result())
            raise
        return answer

    def _start_alone(self, new: NewRun, answer: Accepted | Duplicate) -> None:
        """Who asked for the run is gone, but it is running here by what the store has written."""
        if isinstance(answer, Accepted) and answer.attempt:
            self._start(Assignment(new.id, new.hook, answer.attempt, 0, new.invocation))

    def deliver(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        """Ask for runs; see `RunStore`."""
        self._start, self._stop, self._credit = start, stop, credit
        self._link.tell(m.Credit(credit))

    async def report(self, result: Result) -> bool:
        """End an attempt; see `RunStore`. What is not acknowledged is told again."""
        kept: bool = await self._questions.ask(lambda n: m.Report(n, result), None, True)
        return kept

    async def record(self, run: str) -> Record | None:
        """A run as it is."""
        return await self._ask(lambda n: m.GetRecord(n, run), _RECORD)

    async def wait(self, run: str, seconds: float) -> Record | None:
        """A run as soon as there is nothing to wait for; see `RunStore`."""
        try:
            return await self._ask(lambda n: m.Wait(n, run, seconds), _RECORD, seconds)
        except StoreUnavailable:
            return await self._ask(lambda n: m.GetRecord(n, run), _RECORD, COMMIT)

    async def list(self, query: Query) -> Page:
        """Runs, newest first."""
        return await self._ask(lambda n: m.ListRuns(n, query), _PAGE)

    async def show(self, run: str) -> Detail | None:
        """Everything about one run but its payload."""
        return await self._ask(lambda n: m.Show(n, run), _DETAIL)

    async def payload(self, run: str) -> bytes | None:
        """The invocation of a run as it was accepted, encoded."""
        return await self._ask(lambda n: m.GetPayload(n, run), _PAYLOAD)

    async def replay(self, which: Selection, *, anew: bool) -> Changed:
        """Let final runs go on, or start copies of them; see `RunStore`."""
        return await self._command(lambda n: m.Replay(n, which, anew), _CHANGED)

    async def cancel(self, which: Selection) -> Changed:
        """End runs that are unfinished; see `RunStore`."""
        return await self._command(lambda n: m.Cancel(n, which), _CHANGED)

    async def stats(self) -> Stats:
        """Counts and gauges."""
        return await self._ask(m.GetStats, _STATS)

    async def backup(self, path: Path) -> int:
        """Copy the store to a file that is not there yet; its size in bytes."""
        return await self._command(lambda n: m.Backup(n, str(path)), _SIZE)

    async def drain(self) -> None:
        """Take no more; return when nothing is assigned here."""
        self._credit = 0
        if not self._link.is_open and not self._holding:
            # Without a store nothing is assigned; one that comes back hears of no credit.
            return
        await self._command(m.Drain, _NOTHING)
        await self._idle.wait()

    async def close(self) -> None:
        """Leave the store; see `RunStore`."""
        self._link.close()
        self._questions.close()

    def abort(self) -> None:
        """Leave as a process does that is killed."""
        self._link.abort()
        self._questions.close()

    async def _ask(self, make: Ask, decoder: Decoder[T], seconds: float = LOOK_UP) -> T:
        return decoder.decode(await self._questions.ask(make, seconds, True))

    async def _command(self, make: Ask, decoder: Decoder[T]) -> T:
        """What takes as long as it takes, and must not be done twice."""
        return decoder.decode(await self._questions.ask(make, None, False))

    def _opened(self) -> None:
        self._lost_at = math.inf
        holding = tuple(self._holding.items())
        self._link.tell(m.Hello(self._process, self._generation, holding))
        self._link.tell(m.Credit(self._credit))
        self._questions.opened()

    def _lost(self) -> None:
        self._lost_at = self._loop.time()
        self._questions.lost()

    def _received(self, message: m.ToWorker) -> None:
        match message:
            case m.Stored() | m.Known():
                self._accepted(message)
            case m.Reported():
                self._reported(message)
            case m.Assign():
                self._hold(message.assignment.run, message.assignment.attempt)
                self._start(message.assignment)
            case m.Answer():
                self._settle(message.number, message.value)
            case m.Refused():
                self._questions.refused(message)
            case m.Abort():
                self._let_go(message.run, message.attempt)
                self._stop(message.run, message.attempt)
            case m.Ping():
                self._link.tell(m.Pong())
            case m.Welcome():
                if not self.welcome.done():
                    self.welcome.set_result(message)

    def _accepted(self, message: m.Stored | m.Known) -> None:
        asked = self._questions.answered(message.number)
        if asked is None or not isinstance(asked.message, m.Accept):
            return
        new = asked.message.run
        if isinstance(message, m.Known):
            answer: Accepted | Duplicate = Duplicate(message.run, message.state)
        else:
            answer = Accepted(new.id, message.attempt)
            if message.attempt:
                self._hold(new.id, message.attempt)
        if asked.awaited:
            asked.future.set_result(answer)
        else:
            self._start_alone(new, answer)

    def _reported(self, message: m.Reported) -> None:
        asked = self._questions.answered(message.number)
        if asked is None or not isinstance(asked.message, m.Report):
            return
        result = asked.message.result
        self._let_go(result.run, result.attempt)
        if asked.awaited:
            asked.future.set_result(message.kept)

    def _settle(self, number: int, value: msgspec.Raw) -> None:
        asked = self._questions.answered(number)
        if asked is not None and asked.awaited:
            asked.future.set_result(value)

    def _hold(self, run: str, attempt: int) -> None:
        self._holding[run] = attempt
        self._idle.clear()

    def _let_go(self, run: str, attempt: int) -> None:
        if self._holding.get(run) == attempt:
            del self._holding[run]
        if not self._holding:
            self._idle.set()
