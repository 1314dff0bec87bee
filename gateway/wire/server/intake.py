"""From bytes to requests: one parser a connection, fed so that no piece spans two messages.

A head is fed when it is whole. So its size is exact, its callbacks come at once, and the same
bytes give the same request however they arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools

from gateway.wire.server import judge
from gateway.wire.server.parsing import Parsing
from gateway.wire.server.refused import Refused, malformed, too_large_head, too_long_target

if TYPE_CHECKING:
    from gateway.wire.server.connection import Connection

END = b"\r\n\r\n"
CR = 0x0D


class Probe:
    """Parses a head that is not whole yet, only to see early what is no HTTP."""


class Intake(Parsing):
    """What a connection received, as requests."""

    __slots__ = ("_partial", "_probe", "_tail")

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._partial = b""
        self._tail = b""
        self._probe: httptools.HttpRequestParser | None = None

    @property
    def begun(self) -> bool:
        """Whether a part of a head is here."""
        return bool(self._partial)

    def take(self, data: bytes) -> None:
        """Parse what came; what belongs behind the request in work is held by the connection.

        Raises Refused and HttpParserError; nothing may be taken after either.
        """
        connection = self._connection
        at, size = 0, len(data)
        while at < size:
            if connection.holding:
                connection.hold(data[at:])
                return
            request = connection.request
            if request is None:
                at = self._take_head(data, at)
            elif request.remaining is None:
                at = self._take_chunks(data, at)
            else:
                end = at + request.remaining
                piece = data[at:end]
                request.remaining -= len(piece)
                self._feed(piece)
                at = end

    def _take_head(self, data: bytes, at: int) -> int:
        """Feed the head if it is whole now. Returns where its end is in `data`."""
        whole, known = data, 0
        if self._partial or at:
            known = len(self._partial)
            whole = self._partial + data[at:]
        if whole[0] == CR:
            whole, known = _without_blank(whole, known)
        # The end may stand across the border of two pieces.
        end = whole.find(END, known - 3 if known > 3 else 0) + 4
        size = len(whole)
        if (end if end > 3 else size) > self._connection.limits.head:
            self._clear()
            raise self._oversized(whole)
        if end == 3:
            self._look_early(whole, known)
            return len(data)
        if self._partial:
            self._partial = b""
            self._probe = None
        self._feed_head(whole[:end] if end < size else whole)
        return len(data) - size + end

    def _oversized(self, whole: bytes) -> Refused:
        limits = self._connection.limits
        if whole.find(b"\r\n", 0, limits.head) < 0:
            return too_long_target(limits.target)
        return too_large_head(limits.head)

    def _look_early(self, whole: bytes, known: int) -> None:
        """Keep a part of a head. Raises Refused for what can be no head, however it goes on."""
        if not known:
            self._clear()
        self._partial = whole
        if not whole or whole == b"\r":
            return
        if whole[0] <= judge.BLANK:
            raise judge.not_http(whole)
        if self._probe is None:
            self._probe = httptools.HttpRequestParser(Probe())
            known = 0
        try:
            self._probe.feed_data(whole[known:])
        except httptools.HttpParserInvalidMethodError as error:
            if judge.unknown_method(whole) is None:
                raise judge.not_http(whole, str(error)) from error
            self._probe = None
        except httptools.HttpParserError as error:
            raise judge.not_http(whole, str(error)) from error

    def _feed_head(self, head: bytes) -> None:
        self._clear()
        self._tail = b""
        self.http11 = judge.judge_line(head)
        try:
            self._feed(head)
        except httptools.HttpParserUpgrade:
            self._without_upgrade()
        except httptools.HttpParserInvalidMethodError as error:
            method = judge.unknown_method(head)
            if method is None:
                raise judge.not_http(head, str(error)) from error
            self._feed_unknown(method, head)

    def _feed_unknown(self, method: bytes, head: bytes) -> None:
        """Feed a head as that of a method which llhttp knows."""
        self._method = method
        self._renew()
        try:
            self._feed(b"POST" + head[len(method) :])
        except httptools.HttpParserUpgrade:
            self._without_upgrade()

    def _without_upgrade(self) -> None:
        """Go on in HTTP/1.1, which RFC 9110 §7.8 allows; llhttp would leave the body unparsed."""
        request = self._connection.request
        if request is None:
            raise malformed("CONNECT is not supported.")
        self._renew()
        self._quiet = True
        framing = b"content-length: %d" % (request.remaining or 0)
        if request.remaining is None:
            framing = b"transfer-encoding: chunked"
        self._feed(b"POST / HTTP/1.1\r\n" + framing + END)

    def _take_chunks(self, data: bytes, at: int) -> int:
        """Feed up to an empty line, which the end of the last chunk is, or a line in the body."""
        tail = self._tail
        across = (tail + data[at : at + 3]).find(END)
        end = data.find(END, at) if across < 0 else at + across - len(tail)
        found = across >= 0 or end >= 0
        piece = data[at : end + 4] if found else data[at:]
        self._framing += len(piece)
        self._tail = b"" if found else (tail + piece)[-3:]
        self._feed(piece)
        request = self._connection.request
        if request is not None and not request.complete:
            self._judge_framing(request)
        return at + len(piece)


def _without_blank(whole: bytes, known: int) -> tuple[bytes, int]:
    """Without the empty lines before a request, which are passed over (RFC 9112 §2.2)."""
    blank = 0
    while whole.startswith(b"\r\n", blank):
        blank += 2
    return whole[blank:], max(known - blank, 0)
