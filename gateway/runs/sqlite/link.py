"""A worker's connection to the store, which comes back when the store does."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import msgspec

from gateway.runs.sqlite.frames import Splitter, Unframed, encoded, framed
from gateway.runs.sqlite.messages import ToWorker

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 1.0
"""Seconds between two attempts to connect; each pause is twice as long as the one before."""
ENOUGH = 16
"""Messages that are sent before the turn ends: the store writes them while this process goes on.
With 64 callers it accepts half as many again as when each waits for all of the other's work. As
many that came are handled before other callers have their turn.
"""
FULL = 16 * 1024 * 1024
"""Bytes that the store has not read; beyond it nothing new is sent."""


class Link(asyncio.Protocol):
    """What is told within one turn of the event loop is sent at its end, or in pieces of ENOUGH.

    `opened` is called with each new connection and may tell; `closed` when it is lost.
    """

    def __init__(
        self,
        path: str,
        opened: Callable[[], None],
        received: Callable[[ToWorker], None],
        closed: Callable[[], None],
    ) -> None:
        self._path = path
        self._opened = opened
        self._received = received
        self._closed = closed
        self._loop = asyncio.get_running_loop()
        self._splitter: Splitter[ToWorker] = Splitter(ToWorker)
        self._transport: asyncio.Transport | None = None
        self._waiting: list[bytes] = []
        self._inbox: deque[ToWorker] = deque()
        self._pause = FIRST_PAUSE
        self._over = False
        self.heard = 0.0
        """When the store said something last, by the event loop's clock."""
        self._connecting = self._loop.create_task(self._connect())

    @property
    def is_open(self) -> bool:
        """Whether what is told is sent."""
        return self._transport is not None

    @property
    def is_full(self) -> bool:
        """Whether the store is far behind."""
        transport = self._transport
        return transport is not None and transport.get_write_buffer_size() > FULL

    def tell(self, message: msgspec.Struct) -> None:
        """Send it, where there is a connection; raises ValueError for one that is too large."""
        if self._transport is None:
            return
        made = encoded(message)
        if not self._waiting:
            self._loop.call_soon(self._flush)
        self._waiting.append(made)
        if len(self._waiting) >= ENOUGH:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._transport is not None and waiting:
            self._transport.write(framed(waiting))

    def close(self) -> None:
        """Send what was told, and come back no more."""
        self._over = True
        self._connecting.cancel()
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Leave at once, and come back no more."""
        self._over = True
        self._connecting.cancel()
        if self._transport is not None:
            self._transport.abort()

    async def _connect(self) -> None:
        while not self._over:
            try:
                await self._loop.create_unix_connection(lambda: self, self._path)
            except OSError:
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
            else:
                return

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by inheritance.
        self._transport = transport  # type: ignore[assignment]
        self._splitter = Splitter(ToWorker)
        self._waiting = []
        self.heard = self._loop.time()
        self._opened()

    def data_received(self, data: bytes) -> None:
        self._pause = FIRST_PAUSE
        self.heard = self._loop.time()
        busy = bool(self._inbox)
        try:
            self._inbox += self._splitter.feed(data)
        except Unframed:
            if self._transport is not None:
                self._transport.abort()
        if not busy:
            self._handle()

    def _handle(self) -> None:
        some = [self._inbox.popleft() for _ in range(min(ENOUGH, len(self._inbox)))]
        if self._inbox:
            self._loop.call_soon(self._handle)
        for message in some:
            self._received(message)

    def connection_lost(self, error: Exception | None) -> None:
        while self._inbox:
            self._received(self._inbox.popleft())
        self._transport = None
        self._closed()
        if not self._over:
            self._connecting = self._loop.create_task(self._come_back())

    async def _come_back(self) -> None:
        await asyncio.sleep(self._pause)
        await self._connect()
