"""What httptools calls while it parses: a head becomes a request, its body is handed to it."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import httptools

from gateway.wire.server import judge
from gateway.wire.server.refused import Fields, FieldValue, Refused, malformed

if TYPE_CHECKING:
    from gateway.wire.server.connection import Connection
    from gateway.wire.server.request import Request

_METHODS = {name.encode(): name for name in ("GET", "POST", "PUT", "PATCH", "DELETE")}
CHUNK_FRAMING = 64
"""Bytes that a chunk's size, its extensions and line ends may take; more are unusual, and beyond
the size of a head, over all chunks and trailers, refused."""
NO_HEADERS: list[tuple[bytes, bytes]] = []
NO_FIELDS: dict[bytes, FieldValue] = {}
"""What is known before a head is whole. They stay empty."""
NOWHERE: deque[tuple[bytes, bytes]] = deque(maxlen=0)
"""Where trailers go."""


class Parsing:
    """One parser and the head that it read last. The callbacks are httptools'."""

    __slots__ = (
        "_connection",
        "_feed",
        "_framing",
        "_lines",
        "_method",
        "_parser",
        "_quiet",
        "fields",
        "headers",
        "http11",
        "url",
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._renew()
        self._clear()

    def _renew(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._feed = self._parser.feed_data

    def _clear(self) -> None:
        self.url = b""
        self._lines: list[tuple[bytes, bytes]] | deque[tuple[bytes, bytes]] = []
        self.headers: list[tuple[bytes, bytes]] = NO_HEADERS
        self.fields: dict[bytes, FieldValue] = NO_FIELDS
        self.http11 = True
        self._method = b""
        self._quiet = False
        self._framing = 0

    @property
    def method(self) -> str:
        """The method of the head that was parsed last."""
        method = self._method or self._parser.get_method()
        return _METHODS.get(method) or method.decode("latin-1")

    def on_url(self, url: bytes) -> None:
        if not self._quiet:
            self.url = url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head. Trailers are dropped (RFC 9110 §6.5.1 allows it)."""
        self._lines.append((name, value))

    def on_headers_complete(self) -> None:
        if self._quiet:
            return
        if self._connection.request is not None:  # no piece may span two messages
            raise malformed("It is unclear where this request ends and the next one begins.")
        limits = self._connection.limits
        self._gather()
        self._lines = NOWHERE
        if len(self.headers) > limits.fields:
            raise Refused(
                431,
                "headers-too-large",
                f"The request has more than {limits.fields} header fields.",
            )
        method = _METHODS.get(self._method or self._parser.get_method()) or self.method
        if method == "CONNECT":
            raise malformed("CONNECT is not supported.")
        fields = self.fields
        length = judge.judge_length(method, self.http11, fields)
        waits = b"expect" in fields and judge.judge_expect(self.http11, fields)
        target = self.url
        if target[:1] != b"/" or len(target) > limits.target:
            target = judge.judge_target(target, self.headers, fields, limits)
        upgrade = b"upgrade" in fields and self._parser.should_upgrade()
        self._connection.begin(
            method, target, length, waits and length != 0, self._parser.should_keep_alive()
        )
        self._quiet = upgrade

    def _gather(self) -> None:
        """Make `headers` and `fields` of the lines that were read."""
        headers = self.headers = [(name.lower(), value) for name, value in self._lines]
        fields: dict[bytes, FieldValue] = dict(headers)
        self.fields = fields if len(fields) == len(headers) else _repeated(headers)

    def known(self) -> Fields:
        """The fields, as many as were read, of a head that may not be whole."""
        if self._lines:
            self._gather()
        return self.fields

    def on_chunk_header(self) -> None:
        request = self._connection.request
        if request is None:
            return
        request.chunks += 1
        if request.chunks > self._connection.limits.chunks:
            raise malformed(
                f"The body has more than {self._connection.limits.chunks} chunks; "
                "send larger chunks."
            )

    def on_body(self, data: bytes) -> None:
        self._framing -= len(data)
        request = self._connection.request
        if request is not None:
            request.add(data)

    def on_message_complete(self) -> None:
        request = self._connection.request
        if request is None or (self._quiet and self._parser.should_upgrade()):
            return
        if request.remaining is None:
            self._judge_framing(request)
        request.end()

    def _judge_framing(self, request: Request) -> None:
        if self._framing > self._connection.limits.head + CHUNK_FRAMING * request.chunks:
            raise malformed("The chunks' extensions or the trailers are too large.")


def _repeated(headers: list[tuple[bytes, bytes]]) -> dict[bytes, FieldValue]:
    """Fields by name, with a list for a name that came more than once."""
    fields: dict[bytes, FieldValue] = {}
    for name, value in headers:
        if name not in fields:
            fields[name] = value
            continue
        known = fields[name]
        if isinstance(known, list):
            known.append(value)
        else:
            fields[name] = [known, value]
    return fields
