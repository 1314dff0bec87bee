"""The data of one invocation, ready to be sent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain; charset=utf-8"


class Payload(msgspec.Struct, frozen=True):
    """The data of one invocation: a body with its type, or query parameters.

    `content_encoding` is that of a body which is handed on as it was received. What templates made
    of the request: `target` in place of the written path and query, header lines by their names in
    lower case, and `run` where one of them has read it.
    """

    body: bytes | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    target: str = ""
    lines: Mapping[bytes, bytes] | None = None
    run: str = ""
