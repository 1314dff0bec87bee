"""Requests that two parties could read differently, and what the server says to each.

A case is its name, its bytes, and the status of each answer in order; after a refusal the
connection ends, so what follows in the bytes must have no answer.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
TE = b"Transfer-Encoding: chunked\r\n"
CL = b"Content-Length: 5\r\n"


@dataclass(frozen=True)
class Case:
    """`code` is that of the refusal; `bodies` are those that the app is given."""

    name: str
    sent: bytes
    statuses: tuple[int, ...]
    code: str = ""
    bodies: tuple[bytes, ...] = field(default=())


def _refused(name: str, sent: bytes, code: str = "malformed", status: int = 400) -> Case:
    """A request that never reaches the app; nothing behind it is read."""
    return Case(name, sent + NEXT, (status,), code)


def _broken(name: str, sent: bytes) -> Case:
    """A body that never becomes whole; the app is called, and never told of an end."""
    return Case(name, sent + NEXT, (400,), "malformed")


def _fine(name: str, sent: bytes, *bodies: bytes) -> Case:
    return Case(name, sent, (200,) * len(bodies), bodies=bodies)


_LINES = (
    ("NUL bytes", b"\0" * 100),
    ("a TLS ClientHello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/0.9 with a method alone", b"GET\r\n\r\n"),
    ("HTTP/0.9", b"GET /\r\n\r\n"),
    ("a method alone before such a line", b"GET\r\nHost: /x HTTP/1.1\r\n\r\n"),
    ("HTTP/0.9 said", b"GET / HTTP/0.9\r\nHost: x\r\n\r\n"),
    ("HTTP/1.2", b"GET / HTTP/1.2\r\nHost: x\r\n\r\n"),
    ("HTTP/2.0", b"GET / HTTP/2.0\r\nHost: x\r\n\r\n"),
    ("another protocol", b"GET / RTSP/1.0\r\nHost: x\r\n\r\n"),
    ("two blanks before the target", b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a blank behind the version", b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n"),
    ("a tab in the request line", b"GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a method that is no token", b"GET/ / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a method of 33 letters", b"A" * 33 + b" / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("no target", b"GET HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a relative target", b"GET a/b HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("the authority-form", b"GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a tunnel", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a tunnel with a body", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n" + CL + b"\r\nabcde"),
    ("a URL without a host", b"GET http:// HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a URL of another scheme", b"GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("NUL in the target", b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a byte over 127 in the target", b"GET /\xc3\xa3 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a bare LF before the request", b"\n" + GET + b"\r\n"),
    ("bare LFs for line ends", b"GET / HTTP/1.1\nHost: x\n\n"),
    ("a bare LF behind a field", GET + b"X: a\n\r\n"),
    ("a bare CR in a field", GET + b"X: a\rb\r\n\r\n"),
    ("a bare CR for a line end", GET + b"X: a\r\r\n\r\n"),
    ("a field folded", GET + b"X: a\r\n b\r\n\r\n"),
    ("a first field folded", b"GET / HTTP/1.1\r\n Host: x\r\n\r\n"),
    ("NUL in a field", GET + b"X: a\0b\r\n\r\n"),
    ("a blank before the colon", GET + b"X : a\r\n\r\n"),
    ("a blank in a name", GET + b"X Y: a\r\n\r\n"),
    ("a field without a name", GET + b": a\r\n\r\n"),
    ("a field without a colon", GET + b"X\r\n\r\n"),
)

_FRAMES = (
    ("CL and TE", POST + CL + TE + b"\r\n0\r\n\r\n"),
    ("TE and CL", POST + TE + CL + b"\r\n0\r\n\r\n"),
    ("cl and te in lower case", POST + CL.lower() + TE.lower() + b"\r\n0\r\n\r\n"),
    ("TE and CL in capitals", POST + TE.upper() + CL.upper() + b"\r\n0\r\n\r\n"),
    ("CL of 0 and TE", POST + b"Content-Length: 0\r\n" + TE + b"\r\n0\r\n\r\n"),
    ("two equal lengths", POST + CL + CL + b"\r\nabcde"),
    ("two lengths", POST + CL + b"Content-Length: 6\r\n\r\nabcdef"),
    ("two lengths in a list", POST + b"Content-Length: 5, 5\r\n\r\nabcde"),
    ("a length with a sign", POST + b"Content-Length: +5\r\n\r\nabcde"),
    ("a negative length", POST + b"Content-Length: -5\r\n\r\nabcde"),
    ("a length in hexadecimal", POST + b"Content-Length: 0x5\r\n\r\nabcde"),
    ("an empty length", POST + b"Content-Length:\r\n\r\nabcde"),
    ("a length of 30 digits", POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nabcde"),
    ("another coding", POST + b"Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n"),
    ("another coding first", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("chunked not last", POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    ("chunked twice", POST + TE + TE + b"\r\n0\r\n\r\n"),
    ("chunked twice in a list", POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    ("identity", POST + b"Transfer-Encoding: identity\r\n\r\n"),
    ("xchunked", POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("an empty coding", POST + b"Transfer-Encoding:\r\n\r\n0\r\n\r\n"),
    ("a coding behind a vertical tab", POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    ("a coding behind a blank", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
    ("TE in HTTP/1.0", b"POST / HTTP/1.0\r\nHost: x\r\n" + TE + b"\r\n0\r\n\r\n"),
)

_CHUNKS = (
    ("a size that is no number", b"zz\r\nabc\r\n0\r\n\r\n"),
    ("a negative size", b"-1\r\na\r\n0\r\n\r\n"),
    ("a size with a sign", b"+1\r\na\r\n0\r\n\r\n"),
    ("a size with 0x", b"0x1\r\na\r\n0\r\n\r\n"),
    ("a chunk longer than said", b"3\r\nabcdef\r\n0\r\n\r\n"),
    ("chunks with bare LFs", b"3\nabc\n0\n\n"),
    ("a size beyond 64 bits", b"ffffffffffffffffff\r\n"),
    ("a size behind a blank", b" 3\r\nabc\r\n0\r\n\r\n"),
    ("an extension of 20,000 bytes", b"1;" + b"e" * 20_000 + b"\r\na\r\n0\r\n\r\n"),
    ("an extension of 1 MiB", b"1;" + b"e" * 2**20 + b"\r\na\r\n0\r\n\r\n"),
    ("5,000 trailers", b"0\r\n" + b"X-Trailer: a\r\n" * 5000 + b"\r\n"),
    ("a trailer of 1 MiB", b"0\r\nX: " + b"a" * 2**20 + b"\r\n\r\n"),
    ("a trailer that names a length", b"1\r\na\r\n0\r\nContent-Length: 9\r\n\r\n"),
    ("a trailer that is folded", b"0\r\nX: a\r\n b\r\n\r\n"),
    ("20,000 chunks of a byte", b"1\r\na\r\n" * 20_000 + b"0\r\n\r\n"),
)

_LARGE = (
    _refused("a head of 16 KiB and a byte", GET + b"X: " + b"a" * (16_384 - 31) + b"\r\n\r\n",
             "headers-too-large", 431),
    _refused("a field of 500 KB", GET + b"X: " + b"a" * 500_000 + b"\r\n\r\n",
             "headers-too-large", 431),
    _refused("101 fields", GET + b"X: a\r\n" * 100 + b"\r\n", "headers-too-large", 431),
    _refused("5,000 fields", GET + b"X: a\r\n" * 5000 + b"\r\n", "headers-too-large", 431),
    _refused("a target of 9,000 bytes", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
             "uri-too-long", 414),
    _refused("a target of 70,000 bytes", b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
             "uri-too-long", 414),
)  # fmt: skip

_FINE = (
    _fine("a request", GET + b"\r\n" + NEXT, b"", b""),
    _fine("a body", POST + CL + b"\r\nabcde" + NEXT, b"abcde", b""),
    _fine("chunks", POST + TE + b"\r\n5\r\nabcde\r\n0\r\n\r\n" + NEXT, b"abcde", b""),
    _fine("chunks in another case", POST + TE.upper() + b"\r\n0\r\n\r\n" + NEXT, b"", b""),
    _fine("trailers that name what counts",
          POST + TE + b"\r\n1\r\na\r\n0\r\nHost: y\r\nAuthorization: z\r\n"
          b"X-Event: y\r\n\r\n" + NEXT, b"a", b""),
    _fine("a body that looks like a request", POST + b"Content-Length: %d\r\n\r\n" % len(NEXT)
          + NEXT + NEXT, NEXT, b""),
    _fine("a head of 16 KiB", GET + b"X: " + b"a" * (16_384 - 32) + b"\r\n\r\n" + NEXT, b"", b""),
    _fine("100 fields", GET + b"X: a\r\n" * 99 + b"\r\n" + NEXT, b"", b""),
    _fine("a body of GET", GET + CL + b"\r\nabcde" + NEXT, b"abcde", b""),
    _fine("an empty line before a request", b"\r\n" + GET + b"\r\n", b""),
    _fine("an upgrade to h2c", POST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
          b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n" + CL + b"\r\nabcde" + NEXT, b"abcde", b""),
    _fine("an upgrade to websocket", GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
          + NEXT, b"", b""),
    Case("a close", GET + b"Connection: close\r\n\r\n" + NEXT, (200,), bodies=(b"",)),
    Case("HTTP/1.0 without Host", b"GET / HTTP/1.0\r\n\r\n" + NEXT, (200,), bodies=(b"",)),
)  # fmt: skip

CORPUS: tuple[Case, ...] = (
    *(_refused(name, sent) for name, sent in _LINES),
    *(_refused(name, sent) for name, sent in _FRAMES),
    *(_broken(name, POST + TE + b"\r\n" + sent) for name, sent in _CHUNKS),
    *_LARGE,
    _refused("HTTP/1.0 with a body and no length", b"POST / HTTP/1.0\r\nHost: x\r\n\r\nabcde",
             "length-required", 411),
    _refused("another Expect", GET + b"Expect: 200-ok\r\n\r\n", "expectation-failed", 417),
    *_FINE,
)  # fmt: skip
