"""What a handshake sees of a request, and the bounded text that it may answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

import msgspec

from gateway.compile.answer import JSON_TYPE, Answer
from gateway.errors import Malformed

Event = TypeVar("Event")

MAX_CHALLENGE = 1024
MAX_PARAMETERS = 100
MAX_EVENT = 16 * 1024
"""Bytes of a body that may be a handshake; events may be longer."""

NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_encode = msgspec.json.Encoder().encode


class HandshakeRequest(NamedTuple):
    """A request that may be a handshake.

    Header names are in lower case. `secrets` are those that are valid now: the verify tokens of
    the handshake, or the secrets of the hook's signature. `now` is POSIX seconds. `content_type`
    is that of a body which is not as it was received. `path` are the parameters of the route.
    """

    method: str
    query_string: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes = b""
    secrets: Sequence[bytes] = ()
    now: float = 0.0
    content_type: bytes | None = None
    path: Mapping[str, Any] = {}

    def parameter(self, name: str) -> str | None:
        """A query parameter, decoded; None when it is missing. Twice is Malformed."""
        values = [value for field, value in self._parameters() if field == name]
        if len(values) > 1:
            raise Malformed(f"The query parameter {name} appears more than once.")
        return values[0] if values else None

    def header(self, name: bytes) -> bytes | None:
        """A header; None when it is missing. Twice is Malformed."""
        values = [value for field, value in self.headers if field == name]
        if len(values) > 1:
            raise Malformed(f"The header {name.decode()} appears more than once.")
        return values[0] if values else None

    def event(self, decode: Callable[[bytes], Event]) -> Event | None:
        """The body as an event; None where it is none, or longer than any handshake."""
        if len(self.body) > MAX_EVENT:
            return None
        try:
            return decode(self.body)
        except (ValueError, RecursionError):
            return None

    def _parameters(self) -> list[tuple[str, str]]:
        try:
            return parse_qsl(
                self.query_string.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MAX_PARAMETERS,
            )
        except ValueError:
            raise Malformed("The query is not well-formed.") from None


def echo(challenge: str) -> Answer:
    """The challenge as text that no browser takes for anything else. Raises Malformed."""
    return Answer(200, (_TEXT, NO_SNIFFING), bounded(challenge).encode())


def echo_in_json(member: str, challenge: str) -> Answer:
    """The challenge as a member of a JSON object. Raises Malformed."""
    return Answer(200, (JSON_TYPE, NO_SNIFFING), _encode({member: bounded(challenge)}))


def echo_in_header(name: bytes, challenge: str) -> Answer:
    """The challenge as a header, without a body. Raises Malformed."""
    return Answer(200, ((name, bounded(challenge).encode("ascii")), NO_SNIFFING), b"")


def bounded(challenge: str) -> str:
    """A challenge that may be sent back: 1 to 1024 printable ASCII characters, else Malformed."""
    if not (challenge.isascii() and challenge.isprintable() and challenge):
        raise Malformed("The challenge must be printable ASCII.")
    if len(challenge) > MAX_CHALLENGE:
        raise Malformed(f"The challenge is longer than {MAX_CHALLENGE} characters.")
    return challenge
