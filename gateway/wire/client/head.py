"""The head of a request, as bytes that are fit for HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gateway.wire.client.endpoint import Endpoint

_unfit = re.compile(rb"[\x00-\x08\n-\x1f\x7f]").search


def line(name: bytes, value: bytes) -> bytes:
    """A header field with its line end. Raises ValueError for a value that would end it earlier
    or that is not a field's (RFC 9110 §5.5).
    """
    if _unfit(value):
        raise ValueError("a header field contains control characters")
    return b"%b: %b\r\n" % (name, value)


def request_line(method: str, target: str) -> bytes:
    """The first line of a request with its line end. Raises ValueError for other than ASCII."""
    return f"{method} {target} HTTP/1.1\r\n".encode("ascii")


def head(method: str, endpoint: Endpoint, fields: Mapping[str, str]) -> bytes:
    """The head of a request without a body, up to its empty line, which the caller adds."""
    lines = (line(name.encode("ascii"), value.encode()) for name, value in fields.items())
    host = line(b"Host", endpoint.authority.encode("ascii"))
    return request_line(method, endpoint.target) + host + b"".join(lines)
