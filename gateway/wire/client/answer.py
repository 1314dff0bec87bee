"""One answer as it arrives: read by llhttp, bounded by us, which it is not."""

from __future__ import annotations

from collections import deque

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from gateway.wire.client.errors import Broke, BrokeOff, CallError, NotHTTP, TooLarge
from gateway.wire.client.lines import AROUND, joined, size
from gateway.wire.client.plain import Plain
from gateway.wire.client.reply import Reply

MAX_HEAD = 64 * 1024
"""Bytes of status lines, header fields and trailers, those of interim answers with them."""
MAX_FIELDS = 128
SURE = MAX_HEAD - MAX_FIELDS
"""An answer of so many bytes has no larger head, be there no blank behind any colon."""
FEW = 4 * MAX_FIELDS
"""An answer of so many bytes has no more fields either: the least of them is `a:` and its end."""
MAX_INTERIM = 16
OVERHEAD = 8
"""Bytes on the wire for a byte of the body at most: chunks of one byte have six."""

_SWITCHING = 101
_BODILESS = frozenset({204, 304})
_NO_LINES: deque[tuple[bytes, bytes]] = deque(maxlen=0)
_NO_NAMES: dict[bytes, bytes] = {}
"""What an answer has that is not there, the same for all: neither is ever filled."""


class Answer:
    """What a connection receives for one request, in pieces of any size.

    `feed` takes them; afterwards one of three holds: `reply` is there, `error` is there, or there
    is more to come. `reusable` is whether the connection can take another request: only where
    nothing came behind the answer.
    """

    __slots__ = (
        "_body",
        "_fed",
        "_feed",
        "_fields",
        "_head",
        "_headed",
        "_http11",
        "_interim",
        "_limit",
        "_lines",
        "_names",
        "_parser",
        "_plain",
        "_to_head",
        "error",
        "reply",
        "reusable",
    )

    def __init__(self) -> None:
        self._plain: Plain | None = Plain()
        """None once an answer was not plain: the next ones are probably like it."""
        self._parser = HttpResponseParser(self)
        self._feed = self._parser.feed_data
        self._begin(b"")

    def expect(self, limit: int, to_head: bool = False) -> None:
        """Wait for the answer to a request; of its body at most `limit` bytes are taken.

        `to_head` says that the request was a HEAD, whose answer has no body.
        """
        self._limit = limit
        self._to_head = to_head
        self._fed = 0
        self._headed = self.reusable = False
        self.reply: Reply | None = None
        self.error: CallError | None = None

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        if not self._fed:
            if self._plain is not None and not self._to_head and self._is_plain(self._plain, data):
                return
            self._begin(data)
        self._fed += len(data)
        try:
            self._feed(data)
        except HttpParserUpgrade:
            self.reusable = False
        except HttpParserError as error:
            self.reusable = False
            self._fail(NotHTTP(str(error)))
        if self.reply is None and self._fed > MAX_HEAD and not self._in_proportion():
            self._fail(NotHTTP("the head or the framing of the answer is too large"))

    def _is_plain(self, plain: Plain, data: bytes) -> bool:
        """Whether `data` is an answer that could be read at once."""
        self.reply = plain.read(data, self._limit)
        if self.reply is None:
            self._let_go(plain)
            return False
        self.reusable = True
        self._fed = len(data)
        return True

    def _begin(self, data: bytes) -> None:
        """Forget the answer before this one, of which `data` is the first piece."""
        self._lines: list[tuple[bytes, bytes]] | deque[tuple[bytes, bytes]] = []
        self._names: dict[bytes, bytes] = _NO_NAMES
        self._body: bytes | bytearray = b""
        self._head = self._fields = self._interim = 0
        self._http11 = data.startswith(b"HTTP/1.1 ")

    def end(self) -> None:
        """Take the orderly end of the connection, which may be that of the body (RFC 9112 §6.3)."""
        if self._headed and self.error is None and not self._framed():
            self._finish()
        else:
            self.cut()

    def cut(self) -> None:
        """Take the end of the connection by which nothing is said."""
        self._fail(BrokeOff() if self._headed else Broke())

    def take(self) -> Reply | CallError | None:
        """The outcome, which is kept no longer: an idle connection holds no body."""
        outcome = self.reply or self.error
        self.reply = self.error = None
        if self._lines is not _NO_LINES:
            self._body, self._names, self._lines = b"", _NO_NAMES, _NO_LINES
        return outcome

    def release(self) -> None:
        """Let go of the parsers, which hold what they call; nothing is fed after it."""
        del self._parser, self._feed
        if self._plain is not None:
            self._let_go(self._plain)

    def _let_go(self, plain: Plain) -> None:
        self._plain = None
        plain.release()

    def _in_proportion(self) -> bool:
        return self._headed and self._fed <= MAX_HEAD + OVERHEAD * self._limit

    def _framed(self) -> bool:
        return b"content-length" in self._names or b"transfer-encoding" in self._names

    def _fail(self, error: CallError) -> None:
        if self.reply is None and self.error is None:
            self.error = error

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Another answer: one that nobody asked for, where the asked one is there."""
        if self.reply is not None:
            self.reusable = False

    def on_status(self, reason: bytes) -> None:
        """The reason phrase, which means nothing."""
        self._head += len(reason)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or of the trailers, which is dropped and counts."""
        if self._headed:
            self._head += len(name) + len(value) + AROUND
            self._fields += 1
        else:
            self._lines.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is whole: what is wrong with it is known before any of the body."""
        if self.reply is not None:
            return
        lines = self._lines
        self._fields += len(lines)
        if self._fed > FEW and not self._bounded():
            return
        names = {name.lower(): value for name, value in lines}
        self._names = names = names if len(names) == len(lines) else joined(lines)
        status = self._parser.get_status_code()
        plain = self._http11 and b"transfer-encoding" not in names and 100 <= status < 600
        if not plain and (problem := self._problem(status)):
            self._fail(NotHTTP(problem))
            return
        if status < 200 and status != _SWITCHING:
            return
        self._headed = True
        length = names.get(b"content-length")
        if self._to_head or status == _SWITCHING:
            self._finish()
        elif length is not None and status not in _BODILESS and int(length) > self._limit:
            self._fail(TooLarge(status))

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        if self.reply is not None or self.error is not None:
            self.reusable = False
        elif len(self._body) + len(piece) > self._limit:
            self._fail(TooLarge(self._parser.get_status_code()))
        elif not self._body:
            self._body = piece
        else:
            if isinstance(self._body, bytes):
                self._body = bytearray(self._body)
            self._body += piece

    def on_message_complete(self) -> None:
        """The end of the answer, or of an interim one."""
        if self.error is not None or self.reply is not None:
            return
        if self._headed:
            if self._fed <= FEW or self._bounded():
                self._finish()
                self.reusable = self._parser.should_keep_alive()
        else:
            self._interim += 1
            self._http11 = False
            self._head += size(self._lines)
            self._lines, self._names = [], _NO_NAMES
            if self._interim > MAX_INTERIM:
                self._fail(NotHTTP("there are too many interim answers"))

    def _finish(self) -> None:
        self.reply = Reply(self._parser.get_status_code(), self._names, bytes(self._body))

    def _bounded(self) -> bool:
        """Whether head and trailers together are in bounds, which most answers are as a whole."""
        if self._fields <= MAX_FIELDS and (
            self._fed <= SURE or self._head + size(self._lines) <= MAX_HEAD
        ):
            return True
        self._fail(NotHTTP("the head of the answer is too large"))
        return False

    def _problem(self, status: int) -> str:
        version = "1.1" if self._http11 else self._parser.get_http_version()
        if version not in ("1.1", "1.0") or not 100 <= status < 600:
            return "the status line is not HTTP/1.1"
        coding = self._names.get(b"transfer-encoding")
        if coding is not None and (coding.lower() != b"chunked" or version == "1.0"):
            return "the transfer coding is not 'chunked'"
        return ""
