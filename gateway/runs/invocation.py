"""What is stored of a request: the data for the workflow, without the way there and without
credentials.
"""

from __future__ import annotations

import msgspec

from gateway.runs.sealed import UnreadableError

PLAIN = 1
"""The first byte of what is stored as it is."""


class Invocation(msgspec.Struct, frozen=True, array_like=True):
    """The data of one invocation as it was accepted.

    `trace` is the trace context of the acceptance, of which each attempt is a child. `headers` are
    those that the request gave, names and values as they are sent, in Latin-1: forwarded ones, path
    parameters, what templates made, the encoding of the body. `target` is path and query where
    templates made them, empty where the hook's are used.
    """

    request_id: str
    trace: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    content_type: str | None = None
    query: tuple[tuple[str, str], ...] = ()
    target: str = ""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Invocation).decode


def encode(invocation: Invocation) -> bytes:
    """The invocation as bytes: how they are to be read, then msgpack."""
    return bytes((PLAIN,)) + _encode(invocation)


def decode(stored: bytes) -> Invocation:
    """The invocation again. Raises UnreadableError."""
    if not stored:
        raise UnreadableError("the stored request is missing")
    if stored[:1] != bytes((PLAIN,)):
        raise UnreadableError("this version of the gateway cannot read the stored request")
    try:
        return _decode(memoryview(stored)[1:])
    except msgspec.MsgspecError as error:
        raise UnreadableError("the stored request is damaged") from error
