"""One answer: in one write where it is whole, else as ASGI streams it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gateway.wire.server.fields import BODILESS, Head, Lines, plain_head
from gateway.wire.server.refused import AnswerFields, AnswerUnread

if TYPE_CHECKING:
    from gateway.wire.server.connection import Connection

CLOSE = b"connection: close\r\n"
KEEP = b"connection: keep-alive\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
JOINED = 64 * 1024
"""Bodies up to this size are copied behind their head for one write."""


class Answer:
    """What the app says. Once `done`, nothing more can be said.

    A request has one, and is it: an object less for each.
    """

    __slots__ = ("_chunked", "_connection", "_left", "_start", "_to_head", "begun", "done", "keep")
    _connection: Connection
    _to_head: bool
    keep: bool
    """Whether another request may follow on the connection."""
    begun: bool
    done: bool
    _start: Mapping[str, Any] | None
    _chunked: bool
    _left: int | None

    def give(self, status: int, lines: Lines, last: tuple[bytes, bytes], body: bytes) -> None:
        """What `respond` does, with fields that were judged before but for the last, whose name is
        in lower case.
        """
        if self._to_head or status in BODILESS:
            self.respond(status, (lines, last), body)
            return
        if self.begun or self.done:
            raise RuntimeError("The request was answered before.")
        connection = self._connection
        shared = connection.shared
        plain = self.keep and connection.http11 and not shared.draining
        own = shared.date if plain else self._own_lines()
        connection.write(plain_head(status, lines, last, len(body), own), body)
        self.begun = self.done = True
        connection.answered()

    def _own_lines(self) -> bytes:
        """Date, and Connection where the version of HTTP does not say it."""
        connection = self._connection
        shared = connection.shared
        self.keep = self.keep and not shared.draining
        if self.keep and connection.http11:
            return shared.date
        return shared.date + (KEEP if self.keep else CLOSE)

    def respond(self, status: int, fields: AnswerFields, body: bytes) -> None:
        """Answer whole, in one write.

        Raises ValueError for a field that cannot be sent, and RuntimeError for a second answer
        and a Content-Length that is not the body's.
        """
        if self.begun or self.done:
            raise RuntimeError("The request was answered before.")
        head = Head(status)
        head.add(fields)
        bodiless = self._to_head or status in BODILESS
        if head.length is None:
            if status not in BODILESS:
                head.line(b"content-length: %d\r\n" % len(body))
        elif not bodiless and head.length != b"%d" % len(body):
            raise RuntimeError("The answer's Content-Length is not that of its body.")
        data = self._sealed(head)
        self._connection.write(data, b"" if bodiless else body)
        self._finish()

    def _sealed(self, head: Head) -> bytes:
        """The head with the lines that are the server's own."""
        connection = self._connection
        if not head.dated:
            head.line(connection.shared.date)
        self.keep = self.keep and not head.close and not connection.shared.draining
        if not self.keep:
            head.line(CLOSE)
        elif not connection.http11:
            head.line(KEEP)
        return head.sealed()

    async def send(self, message: Mapping[str, Any]) -> None:
        """ASGI's `send`: returns when the caller has taken enough of what was sent before.

        Raises AnswerUnread where the connection ended before that.
        """
        kind = message["type"]
        if kind == "http.response.start" and self._start is None:
            self._start = message
        elif kind == "http.response.body" and self._start is not None and not self.done:
            self._say(self._start, message.get("body", b""), message.get("more_body", False))
            if self._connection.blocked:
                await self._connection.written()
                if self._connection.lost:
                    raise AnswerUnread
        elif not self.done:
            raise RuntimeError(f"{kind} cannot be sent now.")

    def _say(self, start: Mapping[str, Any], body: bytes, more: bool) -> None:
        if not self.begun:
            if not more:
                self.respond(start["status"], list(start.get("headers", ())), body)
                return
            self._begin(start["status"], list(start.get("headers", ())))
        self._write(body)
        if not more:
            self._end()

    def _begin(self, status: int, fields: AnswerFields) -> None:
        """The head of an answer whose end is not known yet."""
        head = Head(status)
        head.add(fields)
        if self._to_head or status in BODILESS:
            self._left = None
        elif head.length is not None:
            self._left = int(head.length)
        elif self._connection.http11:
            self._chunked = True
            head.line(CHUNKED)
        else:
            self.keep = False
        data = self._sealed(head)
        self.begun = True
        self._to_head = self._to_head or status in BODILESS
        self._connection.write(data, b"")

    def _write(self, body: bytes) -> None:
        if not body or self._to_head:
            return
        if self._left is not None:
            self._left -= len(body)
            if self._left < 0:
                raise RuntimeError("The answer's body is longer than its Content-Length.")
        if self._chunked:
            body = b"%x\r\n%b\r\n" % (len(body), body)
        self._connection.write(body, b"")

    def _end(self) -> None:
        if self._left:
            raise RuntimeError("The answer's body is shorter than its Content-Length.")
        if self._chunked:
            self._connection.write(b"0\r\n\r\n", b"")
        self._finish()

    def _finish(self) -> None:
        self.begun = self.done = True
        self._connection.answered()
