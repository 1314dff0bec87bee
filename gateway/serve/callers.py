"""Callers who wait for their workflow: whoever leaves is not waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.compile.exchange import Exchange

Receive = Callable[[], Awaitable[Any]]
PERIOD = 0.25
"""Seconds between two looks. Who is answered before the second one costs nothing but a place in
a dict: most requests are.
"""
UNWANTED = 8 * 1024 * 1024
"""Bytes of a body that nobody reads which are thrown away before a caller is not listened to."""


class Callers:
    """Listens on for the end of connections (ASGI `http.disconnect`), and cancels whoever waits
    on behalf of a caller that left. Its exchange has `left` then.
    """

    def __init__(self) -> None:
        self._waiting: dict[Exchange, tuple[asyncio.Task[Any], Receive]] = {}
        self._listeners: dict[Exchange, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, exchange: Exchange, receive: Receive) -> None:
        """Remember the running task as the one that answers an exchange."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a request is answered in a task
        self._waiting[exchange] = task, receive
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PERIOD, self._look)

    def remove(self, exchange: Exchange) -> None:
        """Forget an exchange before it is answered: nobody else may wait for its caller then."""
        del self._waiting[exchange]
        if self._listeners and (listener := self._listeners.pop(exchange, None)):
            listener.cancel()

    def _look(self) -> None:
        """Listen to those who wait since the last look, as long as there is anybody."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(PERIOD, self._look) if self._waiting else None
        for exchange in self._waiting:
            if exchange.waits and exchange not in self._listeners:
                self._listeners[exchange] = loop.create_task(self._listen(exchange))

    async def _listen(self, exchange: Exchange) -> None:
        task, receive = self._waiting[exchange]
        unwanted = 0
        while unwanted <= UNWANTED:
            message = await receive()
            if message["type"] == "http.disconnect":
                exchange.left = True
                task.cancel()
                return
            unwanted += len(message["body"])
            exchange.unread = exchange.unread and message["more_body"]
