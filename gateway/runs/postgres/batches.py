"""Batches that form by themselves: what is asked for while one is being written is the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from gateway.runs.postgres.link import Link, StatementError, unavailable
from gateway.runs.postgres.session import Session
from gateway.runs.store import StoreUnavailable

T = TypeVar("T")
A = TypeVar("A")
MOST = 256
BYTES = 8 * 1024 * 1024
_GATHER = 0.005
"""Seconds for which a connection waits for a larger batch while another one is being committed: a
batch costs as much as some forty runs in it.
"""
Write = Callable[[Session, Sequence[T]], Awaitable[Sequence[A]]]


class Batches(Generic[T, A]):
    """What is to be written, and who waits for it. `write` gives an answer for each, in order; its
    errors are those of the link. `size` is that of one in bytes.

    `abandoned` is given answers for which nobody waits any longer, `failed` what was not written as
    far as anybody knows.
    """

    def __init__(
        self,
        links: Sequence[Link],
        write: Write[T, A],
        size: Callable[[T], int],
        abandoned: Callable[[T, A], None],
        failed: Callable[[Sequence[T]], None],
    ) -> None:
        self._write = write
        self._size = size
        self._abandoned = abandoned
        self._failed = failed
        self._queue: deque[tuple[T, asyncio.Future[A]]] = deque()
        self._free: deque[asyncio.Future[None]] = deque()
        """Connections that have nothing to write."""
        self._writing = 0
        self._loop = asyncio.get_running_loop()
        self._work = [asyncio.create_task(self._serve(link)) for link in links]

    async def ask(self, one: T, seconds: float | None) -> A:
        """Have it written. Raises StoreUnavailable, after so many seconds at the latest: it may be
        written all the same, unless nobody has begun to.
        """
        entry = (one, self._loop.create_future())
        future: asyncio.Future[A] = entry[1]
        self._queue.append(entry)
        self._call()
        late = None if seconds is None else self._loop.call_later(seconds, self._give_up, entry)
        try:
            return await future
        except asyncio.CancelledError:
            if future.cancelled():
                self._forget(entry)
            elif future.exception() is None:
                self._abandoned(one, future.result())
            raise
        finally:
            if late is not None:
                late.cancel()

    def _call(self) -> None:
        """Let a connection write that has nothing to write."""
        while self._free:
            waiting = self._free.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return

    def _give_up(self, entry: tuple[T, asyncio.Future[A]]) -> None:
        if not entry[1].done():
            entry[1].set_exception(unavailable("the database does not commit in time"))
            self._forget(entry)

    def _forget(self, entry: tuple[T, asyncio.Future[A]]) -> None:
        with suppress(ValueError):
            self._queue.remove(entry)

    async def _serve(self, link: Link) -> None:
        while True:
            while not self._queue:
                waiting = self._loop.create_future()
                self._free.append(waiting)
                await waiting
            if len(self._queue) < self._writing:
                await asyncio.sleep(_GATHER)
            batch = self._take()
            self._writing += len(batch)
            try:
                await self._do(link, batch)
            finally:
                self._writing -= len(batch)

    def _take(self) -> list[tuple[T, asyncio.Future[A]]]:
        batch: list[tuple[T, asyncio.Future[A]]] = []
        room = BYTES
        while self._queue and len(batch) < MOST and (room > 0 or not batch):
            entry = self._queue.popleft()
            room -= self._size(entry[0])
            if not entry[1].done():
                batch.append(entry)
        return batch

    async def _do(self, link: Link, batch: Sequence[tuple[T, asyncio.Future[A]]]) -> None:
        if not batch:
            return
        ones = [one for one, _ in batch]
        try:
            answers = await link.run(lambda session: self._write(session, ones))
        except StatementError as error:
            self._failed(ones)
            if len(batch) > 1:
                for entry in batch:
                    await self._do(link, [entry])
                return
            _refuse(batch, unavailable(str(error)))
        except StoreUnavailable as error:
            self._failed(ones)
            _refuse(batch, error)
        except Exception as error:
            self._failed(ones)
            _refuse(batch, error)
        else:
            for (one, future), answer in zip(batch, answers, strict=True):
                if future.done():
                    self._abandoned(one, answer)
                else:
                    future.set_result(answer)

    def stop(self) -> None:
        """Begin to write nothing more."""
        for task in self._work:
            task.cancel()

    async def close(self) -> None:
        """Write nothing more; who waits is told."""
        self.stop()
        await asyncio.gather(*self._work, return_exceptions=True)
        _refuse(list(self._queue), unavailable("the gateway is shutting down"))


def _refuse(batch: Sequence[tuple[T, asyncio.Future[A]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
