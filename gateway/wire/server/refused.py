"""What the server refuses by itself, and who words the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from gateway.wire.server.fields import Lines

FieldValue = bytes | list[bytes]
"""The value of a field; a list where its name came more than once."""
Fields = Mapping[bytes, FieldValue]
"""Lower-case names."""
Address = tuple[str, int]
AnswerFields = Sequence[tuple[bytes, bytes] | Lines]


class RequestHead(msgspec.Struct, frozen=True):
    """What is known of a request that is refused; empty where its head could not be read."""

    client: Address | None
    method: str = ""
    target: bytes = b""
    fields: Fields = {}


Refuse = Callable[[int, str, str, RequestHead], tuple[int, AnswerFields, bytes]]
"""Words a refusal: (status, code, detail, head) → (status, fields, body)."""


class Refused(Exception):  # noqa: N818 - named for what happened
    """The request is not well-formed, too large or too late.

    `receive` raises it where the body is concerned. An app may catch it and answer; what it
    lets pass is answered through `Refuse`.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class AnswerUnread(ConnectionError):  # noqa: N818 - named for what happened
    """The connection ended before the caller had read the answer; `send` raises it."""


def malformed(detail: str) -> Refused:
    return Refused(400, "malformed", detail)


def incomplete(detail: str) -> Refused:
    return Refused(400, "incomplete-body", detail)


def too_large_head(limit: int) -> Refused:
    return Refused(431, "headers-too-large", f"The request head is larger than {limit} bytes.")


def too_long_target(limit: int) -> Refused:
    return Refused(414, "uri-too-long", f"The URL is longer than {limit} bytes.")


def too_many_fields(limit: int) -> Refused:
    return Refused(431, "headers-too-large", f"The request has more than {limit} header fields.")
