"""A connection's transport: pressure both ways, and what each phase's deadline is."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from fcntl import ioctl
from termios import TIOCOUTQ

from gateway.wire.server.answer import JOINED
from gateway.wire.server.connections import Connections
from gateway.wire.server.phase import BODY, CLOSING, HEAD, LINGER, NEVER
from gateway.wire.server.refused import Address
from gateway.wire.server.request import Request

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: a close waits for nothing, and resets the connection."""


class Link(asyncio.Protocol):
    """What is open, whether it takes more, and until when it is waited for."""

    __slots__ = (
        "_after",
        "_pending",
        "_since",
        "_waiter",
        "blocked",
        "client",
        "client_key",
        "dead",
        "deadline",
        "ended",
        "holding",
        "http11",
        "limits",
        "loop",
        "lost",
        "mark",
        "paused",
        "phase",
        "request",
        "shared",
        "transport",
    )
    transport: asyncio.Transport

    def __init__(self, shared: Connections) -> None:
        self.shared = shared
        self.limits = shared.limits
        self.loop = shared.loop
        self.client: Address | None = None
        self.client_key = b""
        self.request: Request | None = None
        """The one in work, until its answer is out and its body is here."""
        self.phase = HEAD
        self.deadline = NEVER
        self.http11 = True
        self.holding = False
        """Whether what comes belongs behind the request in work."""
        self.dead = False
        """Whether what comes is thrown away: it cannot be parsed, or nobody wants it."""
        self.paused = False
        self.blocked = False
        """Whether the caller has to read before more is written."""
        self.ended = False
        """Whether the caller said that it sends nothing more."""
        self.lost = False
        self.mark = 0
        self._pending = 0
        self._since = 0.0
        self._after: Callable[[], None] | None = None
        self._waiter: asyncio.Future[None] | None = None

    def write(self, head: bytes, body: bytes) -> None:
        """Write what the caller may still read; a short body in the head's system call."""
        if self.lost:
            return
        if len(body) <= JOINED:
            self.transport.write(head + body if body else head)
        else:
            self.transport.writelines((head, body))

    def pause(self) -> None:
        """Read no more for now."""
        if not self.paused and not self.lost:
            self.paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        if self.paused:
            self.paused = False
            if not self.transport.is_closing():
                self.transport.resume_reading()

    async def written(self) -> None:
        """Return when the system has taken what was written, or the connection is lost."""
        waiter = self._waiter = self.loop.create_future()
        await waiter

    def when_written(self, then: Callable[[], None]) -> None:
        """Call `then` when the system has taken what was written: mostly, now."""
        if self.blocked:
            self._after = then
        else:
            then()

    def tell_written(self) -> None:
        """Who waits for the caller to read goes on."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
        after, self._after = self._after, None
        if after is not None and not self.lost:
            after()

    def measure_writing(self) -> None:
        """Give the caller a while to read."""
        self._pending = self._unsent()
        self.deadline = self.shared.after(self.limits.write_timeout)

    def reads_too_slowly(self) -> bool:
        """Whether the caller read less than the minimum rate since it was last measured."""
        enough = self.limits.write_timeout * self.limits.write_rate
        return self._unsent() > self._pending - enough

    def _unsent(self) -> int:
        """Bytes that the caller has not taken, those in the system's buffer included.

        The system takes more only when much of its buffer is free, so that ours stands still
        while a slow caller reads.
        """
        size = self.transport.get_write_buffer_size()
        with suppress(OSError, AttributeError):
            sock = self.transport.get_extra_info("socket")
            size += int.from_bytes(ioctl(sock.fileno(), TIOCOUTQ, bytes(4)), sys.byteorder)
        return size

    def measure_body(self, request: Request) -> None:
        """Give a body its time from now on."""
        self.phase = BODY
        self._since = self.shared.now
        self.mark = request.received
        self.deadline = self.shared.after(self.limits.body_grace)

    def body_deadline(self, request: Request) -> float:
        """How long a body that arrives as it does is waited for."""
        limits = self.limits
        enough = limits.body_grace + (request.received - self.mark) / limits.body_rate
        return self._since + min(limits.body_timeout, enough) + limits.tick

    def close(self) -> None:
        """End with nothing more to say; what was written is still sent, for a while."""
        self.phase = CLOSING
        self.shared.leave_idle(self)
        self.deadline = self.shared.after(self.limits.write_timeout)
        self.transport.close()

    def abort(self) -> None:
        """End now."""
        if not self.lost:
            self.phase = CLOSING
            self.deadline = NEVER
            self.transport.abort()

    def reset(self) -> None:
        """End now, and let the system throw away what the caller has not read.

        Otherwise the system would hold it, and offer it to the caller for minutes.
        """
        with suppress(OSError, AttributeError):
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.abort()

    def end(self, *, linger: bool) -> None:
        """Close; with `linger`, first read what the caller still sends (RFC 9112 §9.6).

        A connection closed with bytes unread is reset, and takes the answer with it.
        """
        self.request = None
        self.dead = True
        if not linger or self.ended or self.lost:
            self.close()
            return
        self.phase = LINGER
        self.mark = 0
        self.deadline = self.shared.after(self.limits.discard_timeout)
        self.transport.write_eof()
        self.resume()

    def thrown_away(self, size: int) -> None:
        """Count what nobody reads."""
        self.mark += size
        if self.mark > self.limits.discard:
            if self.phase == LINGER:
                self.abort()
            else:
                self.pause()
