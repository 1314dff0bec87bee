"""One connection to a server: one request at a time, and its answer."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from time import monotonic
from typing import Protocol, cast

from gateway.wire.client.answer import Answer
from gateway.wire.client.errors import Broke, CallError, Late
from gateway.wire.client.reply import Reply

TOGETHER = 64 * 1024
"""Bytes up to which a body is copied behind its head, so that both are one write."""
RESOLUTION = 0.001
"""Seconds that a timer of the loop may ring early."""


class Owner(Protocol):
    """Who keeps connections between two requests."""

    def keep(self, connection: Connection) -> None:
        """It can take another request."""

    def forget(self, connection: Connection) -> None:
        """It has ended."""


class Connection(asyncio.Protocol):
    """What arrives without having been asked for ends the connection, and is never an answer.

    `context` is what TLS was made with; `idle_since` is the monotonic time of its last answer.
    """

    __slots__ = (
        "_answer",
        "_deadline",
        "_future",
        "_owner",
        "_readable",
        "_rings",
        "_timer",
        "_transport",
        "closed",
        "context",
        "idle_since",
        "loop",
    )

    def __init__(self, owner: Owner, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        self._owner = owner
        readable = select.poll()
        readable.register(sock, select.POLLIN)
        self._readable = readable.poll
        self._answer = Answer()
        self._future: asyncio.Future[Reply] | None = None
        self.loop = asyncio.get_running_loop()
        self._deadline = self._rings = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self.context = context
        self.closed = False
        self.idle_since = 0.0

    def send(
        self, head: bytes, body: bytes, future: asyncio.Future[Reply], seconds: float, limit: int
    ) -> None:
        """Write a request; `future` gets its answer or a CallError, Late after `seconds`."""
        self._future = future
        self._deadline = deadline = monotonic() + seconds
        if self._timer is None or deadline < self._rings:
            self._ring_at(deadline, seconds)
        self._answer.expect(limit, head.startswith(b"HEAD "))
        if len(body) <= TOGETHER:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    def _ring_at(self, deadline: float, seconds: float) -> None:
        """Have the deadline looked at. One timer serves all requests that come before it rings:
        most are answered long before, and a timer for each costs more than the rest of a call.
        """
        if self._timer is not None:
            self._timer.cancel()
        self._rings = deadline
        self._timer = self.loop.call_later(seconds, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._future is None:
            return
        left = self._deadline - monotonic()
        if left <= RESOLUTION:
            self._settle(Late())
        else:
            self._ring_at(self._deadline, left)

    def dead(self) -> bool:
        """Whether the server closed the connection or said something: then nothing is sent on it.

        The system is asked, because the loop may not have come to it yet, and a request that
        is lost on a closed connection must not be repeated.
        """
        return self.closed or self._transport.is_closing() or bool(self._readable(0))

    def give_up(self, future: asyncio.Future[Reply]) -> None:
        """Nobody waits for the answer to a request any more."""
        if self._future is future:
            self.abort()

    def close(self) -> None:
        """End an idle connection."""
        self.closed = True
        self._transport.close()

    def abort(self) -> None:
        """End the connection in the middle of whatever it does."""
        self._future = None
        self.closed = True
        self._transport.abort()

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what bytes are written to."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the answer; whether another request may follow is seen when it ends."""
        if self._future is None:
            self.abort()
            return
        answer = self._answer
        answer.feed(data)
        if answer.reply is not None or answer.error is not None:
            self._settle(answer.take())

    def eof_received(self) -> None:
        """The server sends no more, which may be the end of a body."""
        self.closed = True
        if self._future is not None:
            if self._orderly():
                self._answer.end()
            else:
                self._answer.cut()
            self._settle(self._answer.take())

    def _orderly(self) -> bool:
        """Whether it was the server who said so, where TLS can tell (RFC 9112 §9.8)."""
        tls = self._transport.get_extra_info("ssl_object")
        try:
            return tls is None or not tls.read(1)
        except ssl.SSLZeroReturnError:
            return True
        except OSError:
            return False

    def connection_lost(self, _reason: Exception | None) -> None:
        """The end of the connection, whoever made it."""
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._future is None:
            self._owner.forget(self)
        else:
            self._answer.cut()
            self._settle(self._answer.take())
        self._answer.release()

    def _settle(self, outcome: Reply | CallError | None) -> None:
        """Give the request its outcome, and the connection back where it can be used again.

        It cannot where the server answered before it had the whole request.
        """
        future, self._future = self._future, None
        unsent = self._transport.get_write_buffer_size()
        if self._answer.reusable and not self.closed and not unsent and type(outcome) is Reply:
            self._owner.keep(self)
        else:
            self.abort()
        if future is None or future.done():
            return
        if isinstance(outcome, Reply):
            future.set_result(outcome)
        else:
            future.set_exception(outcome or Broke())
