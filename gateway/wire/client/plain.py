"""An answer that came in one piece and says nothing unusual, as most do: read with few calls."""

from __future__ import annotations

from httptools import HttpParserError, HttpResponseParser

from gateway.wire.client.reply import Reply

MAX_PLAIN = 100
"""Fields of an answer that is read here."""
LARGEST = 64 * 1024
"""Bytes of an answer that is read here, its head included."""

_END = b"\r\n\r\n"
_BODILESS = frozenset({204, 304})
_STARTS = {b"HTTP/1.1 %d" % status: status for status in range(200, 600) if status not in _BODILESS}
_KEPT = frozenset({None, b"keep-alive", b"Keep-Alive"})
"""What Connection says where the connection is kept."""


class Plain:
    """Reads answers that are whole, of a length that is told, on a connection that is kept.

    llhttp judges each, and calls us for nothing but its fields.
    """

    __slots__ = ("_count", "_feed", "_fields")

    def __init__(self) -> None:
        self._count = 0
        self._fields: dict[bytes, bytes] = {}
        self._feed = HttpResponseParser(self).feed_data

    def on_header(self, name: bytes, value: bytes) -> None:
        """What httptools calls."""
        self._count += 1
        self._fields[name.lower()] = value

    def read(self, data: bytes, limit: int) -> Reply | None:
        """The answer that `data` is, with a body of at most `limit` bytes.

        None for all else, which must be read in another way; nothing may be read here after it.
        """
        status = _STARTS.get(data[:12])
        _, end, body = data.partition(_END)
        if status is None or not end or len(body) > limit or len(data) > LARGEST:
            return None
        try:
            self._feed(data)
        except HttpParserError:
            return None
        count, fields = self._count, self._fields
        self._count, self._fields = 0, {}
        if len(fields) == count <= MAX_PLAIN and _ends_with(body, fields):
            return Reply(status, fields, body)
        return None

    def release(self) -> None:
        """Let go of the parser, which holds this object; nothing is read after it."""
        del self._feed


def _ends_with(body: bytes, fields: dict[bytes, bytes]) -> bool:
    """Whether an answer with these fields ends where this body does, and its connection is kept.

    llhttp has refused a length beside a transfer coding, and heeds Proxy-Connection as Connection.
    """
    return (
        fields.get(b"content-length") == b"%d" % len(body)
        and fields.get(b"connection") in _KEPT
        and b"proxy-connection" not in fields
    )
