"""The handshake of a sender that has no name here: a text of the request is returned."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from msgspec import UNSET

from gateway.compile.answer import Answer
from gateway.compile.body import Received, decode_body, decode_query
from gateway.compile.exchange import Fields
from gateway.compile.forms import gather
from gateway.compile.handshakes.request import (
    MAX_EVENT,
    HandshakeRequest,
    echo,
    echo_in_header,
    echo_in_json,
)
from gateway.compile.matcher import compile_match
from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.errors import Malformed, Refusal
from gateway.language.challenges import reference_of
from gateway.language.spec.handshakes import ChallengeAnswer, ChallengeHandshake
from gateway.language.values import parse_path

_NO_BODY = Received("none", {})


class Challenge:
    """Returns the challenge of requests for which the rule holds."""

    __slots__ = ("_find", "_mismatch", "_reads_body", "_reply")

    def __init__(self, spec: ChallengeHandshake) -> None:
        self._mismatch = compile_match(spec.where)
        self._find = _finder(spec.challenge)
        self._reads_body = spec.reads_body
        self._reply = _reply(spec.answer)

    def __call__(self, request: HandshakeRequest) -> Answer | None:
        """The challenge, None for a request that is no handshake. Raises Malformed."""
        body = _body(request) if self._reads_body else _NO_BODY
        if body is None:
            return None
        query = decode_query(request.query_string)
        fields = gather(request.headers)
        if self._mismatch(body, query, fields, request.path) is not None:
            return None
        challenge = self._find(body.value, query, fields)
        if challenge is MISSING or challenge is ASTRAY or challenge is None:
            return None
        if not isinstance(challenge, str):
            raise Malformed("The challenge must be text, and there must be only one.")
        return self._reply(challenge)


def _finder(written: str) -> Callable[[Any, Any, Fields], Any]:
    source, name = reference_of(written)
    if source == "query":
        return lambda _body, query, _fields: query.get(name, MISSING)
    if source == "headers":
        field = name.lower().encode("ascii")
        return lambda _body, _query, fields: _text(fields.get(field))
    find = compile_path(parse_path(name))
    return lambda body, _query, _fields: find(body)


def _text(value: bytes | list[bytes] | None) -> Any:
    if value is None:
        return MISSING
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _reply(written: str | ChallengeAnswer) -> Callable[[str], Answer]:
    if isinstance(written, str):
        return echo
    if written.json is not UNSET:
        return partial(echo_in_json, written.json)
    return partial(echo_in_header, str(written.header).lower().encode("ascii"))


def _body(request: HandshakeRequest) -> Received | None:
    """What the body has; None for one that cannot be read, which the hook refuses by itself."""
    if len(request.body) > MAX_EVENT:
        return None
    try:
        return decode_body(request.content_type, request.body)
    except Refusal:
        return None
