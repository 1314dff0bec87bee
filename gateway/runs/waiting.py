"""Callers that wait for what becomes of their runs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import msgspec

from gateway.runs.leaving import left
from gateway.runs.run import Record, Result
from gateway.runs.store import RunStore, StoreUnavailable


class Finished(msgspec.Struct, frozen=True):
    """An attempt in this process ended its run. `reply` is what the hook keeps of it for a caller
    that waits, and is in no store.
    """

    result: Result
    reply: Any


Expected = asyncio.Future[Finished | None]
"""The end of an attempt in this process."""


class Waiting:
    """Who waits in this process, by run."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._here: dict[str, set[Expected]] = {}
        self._released = asyncio.Event()

    def expect(self, run: str) -> Expected:
        """Say before an attempt begins in this process that its end is waited for."""
        expected: Expected = asyncio.get_running_loop().create_future()
        self._here.setdefault(run, set()).add(expected)
        if self._released.is_set():
            self.tell(run, None)
        return expected

    async def outcome(
        self, run: str, seconds: float, expected: Expected | None = None
    ) -> Finished | Record | None:
        """What became of a run, as soon as it is final or as its next attempt is later than the
        time that is left. `expected` is there for a run whose attempt began in this process.

        A Record where no attempt of this process ended it: it may be unfinished. None where the
        time is up during the attempt, where nobody may wait any longer, or where the store cannot
        say.
        """
        until = asyncio.get_running_loop().time() + seconds
        if expected is not None:
            finished = await self._attempt(run, seconds, expected)
            if finished is None or finished.result.outcome in ("succeeded", "dead"):
                return finished
        left = max(until - asyncio.get_running_loop().time(), 0.0)
        return await self._stored(run, left)

    def tell(self, run: str, finished: Finished | None) -> None:
        """An attempt of this process has ended; None where an operator ended the run."""
        for expected in self._here.pop(run, ()):
            if not expected.done():
                expected.set_result(finished)

    def release(self) -> None:
        """Nobody waits any longer, now or later: the process is about to end."""
        self._released.set()
        for run in list(self._here):
            self.tell(run, None)

    async def _attempt(self, run: str, seconds: float, expected: Expected) -> Finished | None:
        try:
            async with asyncio.timeout(seconds):
                return await expected
        except TimeoutError:
            return None
        finally:
            self._forget(run, expected)

    def _forget(self, run: str, expected: Expected) -> None:
        if here := self._here.get(run):
            here.discard(expected)
            if not here:
                del self._here[run]

    async def _stored(self, run: str, seconds: float) -> Record | None:
        """What the store says, unless nobody may wait any longer before that."""
        asked = asyncio.ensure_future(self._store.wait(run, seconds))
        released = asyncio.ensure_future(self._released.wait())
        try:
            await asyncio.wait((asked, released), return_when=asyncio.FIRST_COMPLETED)
            return asked.result() if asked.done() else None
        except StoreUnavailable:
            return None
        finally:
            for one in (asked, released):
                one.cancel()
            left(asked)
            with suppress(asyncio.CancelledError):
                await released
