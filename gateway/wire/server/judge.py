"""Judging a request's head: what llhttp lets pass and what two parties could read differently."""

from __future__ import annotations

import re
from typing import Final

from gateway.wire.server.limits import ServerLimits
from gateway.wire.server.refused import (
    Fields,
    FieldValue,
    Refused,
    malformed,
    too_long_target,
)

_ABSOLUTE = re.compile(rb"https?://(?:[^/?#@]*@)?([^/?#@]+)([/?].*)?", re.IGNORECASE)
_DIGITS = 18
_LENGTH = re.compile(rb"[0-9]{1,18} *")
_TOKEN = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32}(?: |$)")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
BLANK = 0x20
CHUNKED: Final = None
"""The length of a body that comes in chunks, whose end will tell."""


_VERSIONS = {b"HTTP/1.1\r\n": True, b"HTTP/1.0\r\n": False}
_CR = 0x0D


def judge_line(head: bytes) -> tuple[bytes, bytes, bool]:
    """Method and target of a head's request line, and whether it says HTTP/1.1 or, false,
    HTTP/1.0. Raises Refused for all else.
    """
    parts = head.split(b" ", 2)
    if len(parts) == 3 and head[0] > BLANK:
        method, target, rest = parts
        http11 = _VERSIONS.get(rest[:10])
        # A line that ended before would be one of HTTP/0.9, which llhttp passes.
        if http11 is not None and _CR not in target and _CR not in method:
            return method, target, http11
    raise not_http(head)


def not_http(start: bytes, reason: str = "") -> Refused:
    """Why bytes are no request of HTTP/1.1, as far as they tell."""
    if start[:2] == b"\x16\x03":
        return malformed("This port does not use TLS; use http:// or another port.")
    if start.startswith(b"PRI * HTTP/2"):
        return malformed("HTTP/2 is not supported; use HTTP/1.1.")
    if not reason:
        return malformed("The request line must be: method, target, HTTP/1.1 or HTTP/1.0.")
    return malformed(f"The request is not well-formed HTTP/1.1 ({reason}).")


def unknown_method(start: bytes) -> bytes | None:
    """The method at the start of a head, where it could be one that llhttp does not know."""
    found = _TOKEN.match(start)
    return found[0].rstrip(b" ") if found else None


def judge_length(method: str, http11: bool, fields: Fields) -> int | None:
    """How long the body is: 0 where none is announced, CHUNKED for chunks.

    Raises Refused for what RFC 9112 §6 forbids or lets two parties read differently.
    """
    coding = fields.get(b"transfer-encoding")
    length = fields.get(b"content-length")
    if coding is not None:
        _judge_coding(coding, length, http11)
        return CHUNKED
    if length is None:
        if not http11 and method in _WITH_BODY:
            raise Refused(
                411,
                "length-required",
                "An HTTP/1.0 request with this method needs a Content-Length.",
            )
        return 0
    if isinstance(length, bytes) and len(length) <= _DIGITS and length.isdigit():
        return int(length)
    if isinstance(length, list) or not _LENGTH.fullmatch(length):
        raise malformed("The Content-Length must be one number.")
    return int(length)


def _judge_coding(coding: FieldValue, length: FieldValue | None, http11: bool) -> None:
    if not http11:
        raise malformed("HTTP/1.0 does not allow Transfer-Encoding.")
    if length is not None:
        raise malformed("The request has both Content-Length and Transfer-Encoding.")
    if isinstance(coding, list) or coding.lower() != b"chunked":
        raise malformed("The only supported Transfer-Encoding is a single 'chunked'.")


def judge_expect(http11: bool, fields: Fields) -> bool:
    """Whether the caller waits for 100 Continue (RFC 9110 §10.1.1)."""
    expect = fields[b"expect"]
    if isinstance(expect, list) or expect.lower() != b"100-continue":
        raise Refused(417, "expectation-failed", "The only supported Expect is '100-continue'.")
    return http11


def judge_keep(http11: bool, fields: Fields) -> bool:
    """Whether another request may follow, where Connection says something (RFC 9112 §9.3)."""
    said = fields[b"connection"]
    said = b",".join(said) if isinstance(said, list) else said
    options = [option.strip(b" \t") for option in said.lower().split(b",")]
    return b"close" not in options and (http11 or b"keep-alive" in options)


def judge_target(
    url: bytes,
    headers: list[tuple[bytes, bytes]],
    fields: dict[bytes, FieldValue],
    limits: ServerLimits,
) -> bytes:
    """The origin-form of a target.

    Of the absolute form the authority replaces Host (RFC 9112 §3.2.2), in `headers` and
    `fields`. Raises Refused for the authority-form and for what is no target.
    """
    if len(url) > limits.target:
        raise too_long_target(limits.target)
    if url[:1] == b"/" or url == b"*":
        return url
    found = _ABSOLUTE.fullmatch(url)
    if found is None:
        raise malformed("The target must be a path, or a URL of http or https.")
    if isinstance(fields.get(b"host"), bytes):
        fields[b"host"] = found[1]
        headers[:] = [(n, found[1] if n == b"host" else v) for n, v in headers]
    rest = found[2] or b"/"
    return rest if rest[:1] == b"/" else b"/" + rest
