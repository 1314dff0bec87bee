"""A head that is whole: judged by llhttp, split by us, and begun as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools

from gateway.wire.server import judge
from gateway.wire.server.chunks import Chunks
from gateway.wire.server.refused import FieldValue, malformed, too_many_fields

if TYPE_CHECKING:
    from gateway.wire.server.connection import Connection
    from gateway.wire.server.request import Request

END = b"\r\n\r\n"
_METHODS = {name.encode(): name for name in ("GET", "POST", "PUT", "PATCH", "DELETE")}
NO_HEADERS: list[tuple[bytes, bytes]] = []
NO_FIELDS: dict[bytes, FieldValue] = {}
"""What is known before a head is whole. They stay empty."""


class Silent:
    """Asks a parser for nothing but whether it passes what it is fed."""


class FieldReader:
    """Collects the fields of a head, names in lower case: each as it came, and the last of each
    name. It is asked for nothing else: each call of ours from a parser counts.
    """

    __slots__ = ("fields", "lines")

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin with none."""
        self.lines: list[tuple[bytes, bytes]] = []
        self.fields: dict[bytes, FieldValue] = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """What httptools calls, with a value whose blanks in front it has taken away. Those behind
        are no part of it either (RFC 9110 §5.5): a rule must not see another value than workflows.
        """
        name, value = name.lower(), value.rstrip(b" \t")
        self.lines.append((name, value))
        self.fields[name] = value


class Parsing:
    """One parser and the head that it passed last. `url`, `method`, `headers` and `fields` are of
    that head, or of one that was refused, as far as it could be read.
    """

    __slots__ = (
        "_chunks",
        "_connection",
        "_feed",
        "_reader",
        "fields",
        "headers",
        "http11",
        "method",
        "url",
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._chunks: Chunks | None = None
        self._reader = FieldReader()
        self._renew()
        self._forget()

    def _renew(self) -> None:
        self._feed = httptools.HttpRequestParser(self._reader).feed_data

    def _forget(self) -> None:
        """Nothing is known of the head that comes."""
        self.method = ""
        self.url = b""
        self.http11 = True
        self.headers: list[tuple[bytes, bytes]] = NO_HEADERS
        self.fields: dict[bytes, FieldValue] = NO_FIELDS

    def _read(self, head: bytes) -> None:
        """Have a head judged by llhttp, and begin its request."""
        self._forget()
        method, target, self.http11 = judge.judge_line(head)
        self.method = _METHODS.get(method) or method.decode("latin-1")
        self.url = target
        try:
            upgrade = self._leaves_http(head)
        finally:
            self._gather()
        if len(self.headers) > self._connection.limits.fields:
            raise too_many_fields(self._connection.limits.fields)
        if method == b"CONNECT":
            raise malformed("CONNECT is not supported.")
        self._begin(target, upgrade)

    def _gather(self) -> None:
        """Make `headers` and `fields` of the lines that were read."""
        headers, fields = self._reader.lines, self._reader.fields
        self._reader.renew()
        self.headers = headers
        self.fields = fields if len(fields) == len(headers) else _repeated(headers)

    def _begin(self, target: bytes, upgrade: bool) -> None:
        """Judge what llhttp passes, and begin the request."""
        connection, http11, fields = self._connection, self.http11, self.fields
        length = judge.judge_length(self.method, http11, fields)
        waits = b"expect" in fields and judge.judge_expect(http11, fields)
        keep = judge.judge_keep(http11, fields) if b"connection" in fields else http11
        if target[:1] != b"/" or len(target) > connection.limits.target:
            target = judge.judge_target(target, self.headers, fields, connection.limits)
        request = connection.begin(target, length, waits and length != 0, keep)
        self._chunks = None
        if upgrade or length is judge.CHUNKED:
            self._go_on(request, length)
        if length == 0:
            request.end()

    def _leaves_http(self, head: bytes) -> bool:
        """Feed a head. The answer is whether llhttp takes what follows for another protocol.

        A method that llhttp does not know is fed as one that it does.
        """
        try:
            self._feed(head)
        except httptools.HttpParserUpgrade:
            return True
        except httptools.HttpParserInvalidMethodError as error:
            method = judge.unknown_method(head)
            if method is None:
                raise judge.not_http(head, str(error)) from error
            self._renew()
            return self._leaves_http(b"POST" + head[len(method) :])
        return False

    def _go_on(self, request: Request, length: int | None) -> None:
        """Have a body in chunks parsed by a parser of its own, and stay in HTTP/1.1 whatever the
        head asks for, which RFC 9110 §7.8 allows.
        """
        self._renew()
        if length is judge.CHUNKED:
            self._chunks = Chunks(request, self._connection.limits)
        elif length:
            self._feed(b"POST / HTTP/1.1\r\ncontent-length: %d" % length + END)
            self._reader.renew()


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
