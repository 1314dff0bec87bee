"""What a worker has asked the store, until it is answered or nobody will."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from gateway.errors import Conflict
from gateway.runs.sqlite.link import Link
from gateway.runs.sqlite.messages import Accept, Question, Refused, Report
from gateway.runs.store import DOWN, RETRY_LATER, RETRY_SOON, StoreFull, StoreUnavailable

AGAIN = 1.0
"""Seconds until a result is sent again that the store could not write."""
SILENT = "The store did not answer. Ask again."


class Asked(msgspec.Struct):
    """One question. `repeats`: it may be asked again without harm, after a loss."""

    message: Question
    future: asyncio.Future[Any]
    repeats: bool
    until: float
    """When nobody waits for the answer any more, by the event loop's clock."""
    sent: bool = False
    size: int = 0
    """Bytes that it takes in memory, where they are many."""

    @property
    def awaited(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not self.future.done()

    def fail(self, reason: str) -> None:
        """Tell who waits that there will be no answer."""
        if self.awaited:
            said = DOWN if isinstance(self.message, Accept) else SILENT
            self.future.set_exception(StoreUnavailable(said, RETRY_LATER, reason))


class Questions:
    """All that are open, by number, in the order in which they were asked."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._numbers = count(1)
        self._open: dict[int, Asked] = {}
        self.size = 0
        """Bytes of the open questions, those that nobody waits for any more included."""
        self._closed = False
        self._looks = math.inf
        """When the open questions are looked at; one timer for all, as most are answered soon."""
        self._timer: asyncio.TimerHandle | None = None
        self.late = False
        """Whether one was not answered in time, and none has been since."""

    def ask(
        self, make: Callable[[int], Question], seconds: float, repeats: bool, size: int = 0
    ) -> asyncio.Future[Any]:
        """Ask, now or with the next connection. The future fails after so many seconds; even then
        the question stays open, as the store may have done what it was asked. `size` is in bytes.
        """
        number = next(self._numbers)
        until = self._loop.time() + seconds
        asked = Asked(make(number), self._loop.create_future(), repeats, until, size=size)
        if self._closed:
            asked.fail("this worker has left the store")
            return asked.future
        self._send(asked)
        self._open[number] = asked
        self.size += size
        if until < self._looks:
            self._look_at(until)
        return asked.future

    def _look_at(self, until: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._looks = until
        self._timer = None if until == math.inf else self._loop.call_at(until, self._look)

    def _look(self) -> None:
        """Fail what was not answered in time."""
        now = self._loop.time()
        later = math.inf
        for asked in list(self._open.values()):
            if asked.awaited and asked.until <= now:
                self.late = True
                asked.fail("no answer in time")
            elif asked.awaited:
                later = min(later, asked.until)
        self._look_at(later)

    def _send(self, asked: Asked) -> None:
        if self._link.is_open:
            asked.sent = True
            self._link.tell(asked.message)

    def opened(self) -> None:
        """There is a connection: ask what was not asked on it."""
        for asked in self._open.values():
            self._send(asked)

    def lost(self) -> None:
        """The connection is gone, and with it the answers to what cannot be asked again."""
        kept: dict[int, Asked] = {}
        for number, asked in self._open.items():
            if asked.repeats or (asked.awaited and not asked.sent):
                kept[number] = asked
            else:
                asked.fail("the store ended, or closed the connection")
        self._open = kept
        self.size = sum(asked.size for asked in kept.values())

    def close(self) -> None:
        """Nobody will answer."""
        self._closed = True
        self._look_at(math.inf)
        for asked in self._open.values():
            asked.fail("this worker has left the store")
        self._open.clear()
        self.size = 0

    def answered(self, number: int) -> Asked | None:
        """The question with this number, which is not open any more."""
        self.late = False
        asked = self._open.pop(number, None)
        if asked is not None:
            self.size -= asked.size
        return asked

    def refused(self, refusal: Refused) -> None:
        """The store did not do it. A result is told again: it must not be lost."""
        asked = self._open.get(refusal.number)
        if asked is not None and isinstance(asked.message, Report):
            self._loop.call_later(AGAIN, self._send, asked)
            return
        asked = self.answered(refusal.number)
        if asked is None or not asked.awaited:
            return
        if refusal.kind == "full":
            asked.future.set_exception(StoreFull(refusal.why, RETRY_SOON))
        elif refusal.kind == "declined":
            asked.future.set_exception(Conflict(refusal.why))
        else:
            asked.fail(refusal.why)
