"""From bytes to requests: one parser a connection, fed so that no piece spans two messages.

A head is fed when it is whole. So its size is exact, its fields can be split from it, and the
same bytes give the same request however they arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools

from gateway.wire.server import judge
from gateway.wire.server.parsing import END, Parsing, Silent
from gateway.wire.server.refused import Refused, too_large_head, too_long_target

if TYPE_CHECKING:
    from gateway.wire.server.connection import Connection

CR = 0x0D


class Intake(Parsing):
    """What a connection received, as requests."""

    __slots__ = ("_partial", "_probe")

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._partial = b""
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
            elif self._chunks is not None:
                at = self._chunks.take(data, at)
            else:
                piece = data[at : at + request.remaining]
                self._feed(piece)
                request.take(piece)
                at += len(piece)

    def _take_head(self, data: bytes, at: int) -> int:
        """Read the head if it is whole now. Returns where its end is in `data`."""
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
            self._forget()
            raise self._oversized(whole)
        if end == 3:
            self._look_early(whole, known)
            return len(data)
        if self._partial:
            self._partial = b""
            self._probe = None
        self._read(whole[:end])
        return len(data) - size + end

    def _oversized(self, whole: bytes) -> Refused:
        limits = self._connection.limits
        if whole.find(b"\r\n", 0, limits.head) < 0:
            return too_long_target(limits.target)
        return too_large_head(limits.head)

    def _look_early(self, whole: bytes, known: int) -> None:
        """Keep a part of a head. Raises Refused for what can be no head, however it goes on."""
        if not known:
            self._forget()
        self._partial = whole
        if not whole or whole == b"\r":
            return
        if whole[0] <= judge.BLANK:
            raise judge.not_http(whole)
        if self._probe is None:
            self._probe = httptools.HttpRequestParser(Silent())
            known = 0
        try:
            self._probe.feed_data(whole[known:])
        except httptools.HttpParserInvalidMethodError as error:
            if judge.unknown_method(whole) is None:
                raise judge.not_http(whole, str(error)) from error
            self._probe = None
        except httptools.HttpParserError as error:
            raise judge.not_http(whole, str(error)) from error


def _without_blank(whole: bytes, known: int) -> tuple[bytes, int]:
    """Without the empty lines before a request, which are passed over (RFC 9112 §2.2)."""
    blank = 0
    while whole.startswith(b"\r\n", blank):
        blank += 2
    return whole[blank:], max(known - blank, 0)
