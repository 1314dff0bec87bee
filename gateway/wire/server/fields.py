"""The head of an answer as bytes. No value can end its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus

CRLF = b"\r\n"
BODILESS = frozenset({204, 304})
"""Statuses whose answers have no body (RFC 9110 §6.4.1); 1xx are not sent by apps."""
_STATUS_LINES = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
_NAME = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_FRAMING = frozenset(
    {b"connection", b"content-length", b"date", b"keep-alive", b"transfer-encoding"}
)
_FIT = bytes(byte for byte in range(256) if byte not in b"\r\n\0")
_KNOWN = 256
_PREFIXES: dict[bytes, bytes] = {}
"""`name: ` of names that were judged; names are the app's own, so they are few."""


class Lines:
    """Field lines that were encoded and judged before, for fields that are the same each time."""

    __slots__ = ("count", "data")

    def __init__(self, data: bytes, count: int) -> None:
        self.data = data
        self.count = count


class Head:
    """The lines of one answer's head, and what its fields say about its framing."""

    __slots__ = ("close", "count", "dated", "length", "parts")

    def __init__(self, status: int) -> None:
        self.parts = [_STATUS_LINES.get(status) or _status_line(status)]
        self.count = 1
        self.length: bytes | None = None
        self.close = False
        self.dated = False

    def add(self, fields: Iterable[tuple[bytes, bytes] | Lines]) -> None:
        """Raises ValueError for a name that is none."""
        parts = self.parts
        for field in fields:
            if field.__class__ is Lines:
                parts.append(field.data)
                self.count += field.count
                continue
            name, value = field  # type: ignore[misc]
            prefix = _PREFIXES.get(name)
            if prefix is None:
                prefix = self._judge(name, value)
                if not prefix:
                    continue
            parts += (prefix, value, CRLF)
            self.count += 1

    def _judge(self, name: bytes, value: bytes) -> bytes:
        """The name's prefix; empty for a field that the server writes itself."""
        name = name.lower()
        if name not in _FRAMING:
            return _prefix(name)
        if name == b"content-length":
            self.length = value
            return b"content-length: "
        if name == b"date":
            self.dated = True
            return b"date: "
        self.close = self.close or (name == b"connection" and b"close" in value.lower())
        return b""

    def line(self, data: bytes) -> None:
        """Add a line of the server's own, its CRLF included."""
        self.parts.append(data)
        self.count += 1

    def sealed(self) -> bytes:
        """The whole head with its empty line.

        Raises ValueError where a value holds CR, LF or NUL: it would say more than one line.
        """
        data = b"".join(self.parts)
        if data.count(b"\n") != self.count or data.count(b"\r") != self.count or b"\0" in data:
            raise ValueError("A field of the answer contains CR, LF or NUL.")
        return data + CRLF


def plain_head(
    status: int, lines: Lines, last: tuple[bytes, bytes], length: int, own: bytes
) -> bytes:
    """The whole head of an answer with a body: `last` is a field behind the lines, its name in
    lower case, `own` are the lines that the server adds. Raises ValueError.
    """
    name, value = last
    if value.translate(None, _FIT):
        raise ValueError("A field of the answer holds CR, LF or NUL.")
    return b"%b%b%b%b\r\ncontent-length: %d\r\n%b\r\n" % (
        _STATUS_LINES.get(status) or _status_line(status),
        lines.data,
        _PREFIXES.get(name) or _own_prefix(name),
        value,
        length,
        own,
    )


def _own_prefix(name: bytes) -> bytes:
    if name in _FRAMING:
        raise ValueError("The server writes this field itself.")
    return _prefix(name)


def encode_lines(fields: Iterable[tuple[bytes, bytes]]) -> Lines:
    """Fields as lines. Raises ValueError for CR, LF, NUL, bad names, and fields of the framing."""
    parts: list[bytes] = []
    count = 0
    for name, value in fields:
        lower = name.lower()
        parts += (_PREFIXES.get(lower) or _own_prefix(lower), value, CRLF)
        count += 1
    data = b"".join(parts)
    if data.count(b"\n") != count or data.count(b"\r") != count or b"\0" in data:
        raise ValueError("A field of the answer contains CR, LF or NUL.")
    return Lines(data, count)


def _prefix(name: bytes) -> bytes:
    if not _NAME.fullmatch(name):
        raise ValueError("The name of an answer's field is not a token.")
    prefix = name + b": "
    if len(_PREFIXES) < _KNOWN:
        _PREFIXES[name] = prefix
    return prefix


def _status_line(status: int) -> bytes:
    if not 200 <= status <= 999:
        raise ValueError("An answer has a status from 200 to 999.")
    return b"HTTP/1.1 %d \r\n" % status
