"""One connection: what the transport says, handed to the request in work, one at a time."""

from __future__ import annotations

import asyncio
from typing import cast

from gateway.wire.server.connections import TOO_MANY, Connections
from gateway.wire.server.ending import Ending
from gateway.wire.server.intake import Intake
from gateway.wire.server.peer import peers
from gateway.wire.server.phase import BODY, BUSY, DISCARD, HEAD, IDLE, LINGER, NEVER, WRITING
from gateway.wire.server.request import Request
from gateway.wire.server.target import path_of

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
ASGI = {"version": "3.0", "spec_version": "2.5"}


class Connection(Ending):
    """The transport's protocol."""

    __slots__ = ("_held", "_server")

    def __init__(self, shared: Connections) -> None:
        super().__init__(shared)
        self.intake = Intake(self)
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        # All that the system does not take at once is waited for: `pause_writing` tells.
        self.transport.set_write_buffer_limits(high=0)
        self.client, self._server = peers(self.transport)
        self.deadline = self.shared.after(self.limits.header_timeout)
        if not self.shared.admit(self):
            self.refuse(TOO_MANY)

    def data_received(self, data: bytes) -> None:
        if self.dead:
            self.thrown_away(len(data))
        elif self.holding:
            self.hold(data)
        else:
            began = self.phase == IDLE
            if began:
                del self.shared.idle[self]
                self.phase = HEAD
            self.take(data)
            request = self.request
            if request is not None:
                if not request.complete and not self.dead:
                    self._await_body(request)
            elif began and self.phase == HEAD:  # most heads come whole
                self.deadline = self.shared.after(self.limits.header_timeout)

    def hold(self, data: bytes) -> None:
        """Keep what belongs behind the request in work."""
        self._held += data
        if len(self._held) > self.limits.unread:
            self.pause()

    def begin(self, target: bytes, length: int | None, waits: bool, keep: bool) -> Request:
        """A head is whole: the app is called (in the loop's next turn)."""
        intake = self.intake
        method = intake.method
        request = self.request = Request(self, method, intake.fields, length, waits, keep)
        self.http11 = intake.http11
        self.phase = BUSY
        self.deadline = NEVER
        raw, _, query = target.partition(b"?")
        scope = {
            "type": "http",
            "asgi": ASGI,
            "scheme": "http",
            "root_path": "",
            "client": self.client,
            "server": self._server,
            "method": method,
            "http_version": "1.1" if intake.http11 else "1.0",
            "path": path_of(raw),
            "raw_path": raw,
            "query_string": query,
            "headers": intake.headers,
            "gateway.request": request,
        }
        request.start(self.shared.app, scope)
        return request

    def _await_body(self, request: Request) -> None:
        """Measure a body that did not come whole, and read no further than it is wanted."""
        if self.phase == DISCARD:
            if request.received - self.mark > self.limits.discard:
                self.end(linger=False)
            return
        if self.phase == BUSY:
            self.measure_body(request)
        if request.unread > self.limits.unread:
            self.pause()
            self.deadline = NEVER

    def ask_for_body(self) -> None:
        """Say 100 Continue: the app asked for the body (RFC 9110 §10.1.1)."""
        if not self.lost and not self.dead:
            self.transport.write(CONTINUE)

    def body_was_taken(self) -> None:
        """The app has room for more of the body."""
        request = self.request
        if self.paused and request is not None and not request.complete and not self.dead:
            self.resume()
            self.phase = BUSY
            self.measure_body(request)

    def body_is_whole(self) -> None:
        """What comes behind waits for the answer."""
        if self.phase == DISCARD:
            self.next()
            return
        self.holding = True
        if self.phase == BODY:
            self.phase = BUSY
            self.deadline = NEVER

    def answered(self) -> None:
        """The answer is written: what is next begins when the system has taken it."""
        self.holding = True
        if self.blocked:
            self.when_written(self.next)
        else:
            self.next()

    def next(self) -> None:
        """Go on with what follows the answer: another request, or the end."""
        request = self.request
        if self.lost or request is None:
            return
        keep = request.keep and not self.shared.draining and not self.dead
        if not request.complete:
            self._without_body(request, keep)
            return
        self.request = None
        if not keep:
            self.end(linger=bool(self._held) or self.paused or self.dead)
            return
        self.holding = False
        self.phase = IDLE
        self.shared.idle[self] = None
        self.deadline = self.shared.after(self.limits.idle_timeout)
        if self._held or self.ended:
            self._go_on()

    def _go_on(self) -> None:
        """Take what was held, one request of it."""
        if self._held:
            held, self._held = self._held, b""
            self.resume()
            self.data_received(held)
        if self.ended:
            self.loop.call_soon(self.left, self.request)

    def _without_body(self, request: Request, keep: bool) -> None:
        """The answer is out and the body is not here: throw it away, or end."""
        if request.waits or not keep:
            self.request = None
            self.end(linger=not request.waits)
            return
        request.wanted = False
        request.take_rest()
        self.mark = request.received
        self.holding = False
        self.phase = DISCARD
        self.deadline = self.shared.after(self.limits.discard_timeout)
        self.resume()
        self._go_on()

    def pause_writing(self) -> None:
        self.blocked = True
        if self.phase not in (LINGER, DISCARD):
            self.phase = WRITING
            self.measure_writing()

    def resume_writing(self) -> None:
        self.blocked = False
        request = self.request
        if self.phase == WRITING:
            self.phase = BUSY
            self.deadline = NEVER
            if request is not None and not request.complete and not self.paused:
                self.measure_body(request)
            if self.ended:
                self.loop.call_soon(self.left, self.request)
        self.tell_written()
