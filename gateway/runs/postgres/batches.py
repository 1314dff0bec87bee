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
        self._wake = asyncio.Condition()
        self._work = [asyncio.create_task(self._serve(link)) for link in links]

    async def ask(self, one: T, seconds: float | None) -> A:
        """Have it written. Raises StoreUnavailable, after so many seconds at the latest: it may be
        written all the same, unless nobody has begun to.
        """
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        entry = (one, future)
        self._queue.append(entry)
        async with self._wake:
            self._wake.notify()
        try:
            return await asyncio.wait_for(future, seconds)
        except TimeoutError:
            raise unavailable("the database does not commit in time") from None
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._abandoned(one, future.result())
            raise
        finally:
            if not future.done() or future.cancelled():
                with suppress(ValueError):
                    self._queue.remove(entry)

    async def _serve(self, link: Link) -> None:
        while True:
            async with self._wake:
                while not self._queue:
                    await self._wake.wait()
            batch = self._take()
            await self._do(link, batch)

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
