"""A body in chunks: one parser for one body, fed so that no piece spans two messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools

from gateway.wire.server.limits import ServerLimits
from gateway.wire.server.refused import malformed

if TYPE_CHECKING:
    from gateway.wire.server.request import Request

END = b"\r\n\r\n"
FRAMING = 64
"""Bytes that a chunk's size, its extensions and line ends may take; more are unusual, and beyond
the size of a head, over all chunks and trailers, refused."""
_HEAD = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n"


class Chunks:
    """Hands a body to its request. Trailers are dropped (RFC 9110 §6.5.1 allows it)."""

    __slots__ = ("_feed", "_framing", "_limits", "_request", "_tail")

    def __init__(self, request: Request, limits: ServerLimits) -> None:
        self._request = request
        self._limits = limits
        self._framing = 0
        self._tail = b""
        self._feed = httptools.HttpRequestParser(self).feed_data
        self._feed(_HEAD)

    def take(self, data: bytes, at: int) -> int:
        """Feed up to an empty line, which the end of the last chunk is, or a line in the body.

        Returns how far `data` was taken. Raises HttpParserError, and Refused in the context of
        an HttpParserCallbackError.
        """
        tail = self._tail
        across = (tail + data[at : at + 3]).find(END)
        end = data.find(END, at) if across < 0 else at + across - len(tail)
        found = across >= 0 or end >= 0
        piece = data[at : end + 4] if found else data[at:]
        self._framing += len(piece)
        self._tail = b"" if found else (tail + piece)[-3:]
        self._feed(piece)
        if not self._request.complete:
            self._judge_framing()
        return at + len(piece)

    def _judge_framing(self) -> None:
        if self._framing > self._limits.head + FRAMING * self._request.chunks:
            raise malformed("The chunks' extensions or the trailers are too large.")

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Another message, which no piece may hold."""
        if self._request.complete:
            raise malformed("It is unclear where this request ends and the next one begins.")

    def on_chunk_header(self) -> None:
        """The size of a chunk."""
        self._request.chunks += 1
        if self._request.chunks > self._limits.chunks:
            raise malformed(
                f"The body has more than {self._limits.chunks} chunks; send larger chunks."
            )

    def on_body(self, data: bytes) -> None:
        """A piece of a chunk."""
        self._framing -= len(data)
        self._request.add(data)

    def on_message_complete(self) -> None:
        """The end of the trailers."""
        self._judge_framing()
        self._request.end()
