"""What a worker has asked the store, until it is answered or nobody will."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from gateway.errors import Conflict
from gateway.runs.sqlite.link import Link
from gateway.runs.sqlite.messages import Question, Refused, Report
from gateway.runs.store import RETRY_LATER, RETRY_SOON, StoreFull, StoreUnavailable

AGAIN = 1.0
"""Seconds until a result is sent again that the store could not write."""
DOWN = "The request could not be stored. Send it again."


class Asked(msgspec.Struct):
    """One question. `repeats`: it may be asked again without harm, after a loss."""

    message: Question
    future: asyncio.Future[Any]
    repeats: bool
    sent: bool = False
    timer: asyncio.TimerHandle | None = None

    @property
    def awaited(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not self.future.done()

    def fail(self, reason: str) -> None:
        """Tell who waits that there will be no answer."""
        if self.awaited:
            self.future.set_exception(StoreUnavailable(DOWN, RETRY_LATER, reason))


class Questions:
    """All that are open, by number, in the order in which they were asked."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._numbers = count(1)
        self._open: dict[int, Asked] = {}
        self._closed = False

    def ask(
        self, make: Callable[[int], Question], seconds: float | None, repeats: bool
    ) -> asyncio.Future[Any]:
        """Ask, now or with the next connection. The future fails after so many seconds; even then
        the question stays open, as the store may have done what it was asked.
        """
        number = next(self._numbers)
        asked = Asked(make(number), self._loop.create_future(), repeats)
        if self._closed:
            asked.fail("this worker has left the store")
            return asked.future
        self._send(asked)
        self._open[number] = asked
        if seconds is not None:
            asked.timer = self._loop.call_later(seconds, asked.fail, "no answer in time")
        return asked.future

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
                self._drop(asked, "the store ended, or closed the connection")
        self._open = kept

    def close(self) -> None:
        """Nobody will answer."""
        self._closed = True
        for asked in self._open.values():
            self._drop(asked, "this worker has left the store")
        self._open.clear()

    def _drop(self, asked: Asked, reason: str) -> None:
        if asked.timer is not None:
            asked.timer.cancel()
        asked.fail(reason)

    def answered(self, number: int) -> Asked | None:
        """The question with this number, which is not open any more."""
        asked = self._open.pop(number, None)
        if asked is not None and asked.timer is not None:
            asked.timer.cancel()
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
