"""The credential that a request presents: taken out here alone, for the guard that judges it and
for whoever counts failed attempts.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable
from urllib.parse import unquote_plus

from msgspec import UNSET

from gateway.compile.body import decode_query
from gateway.compile.exchange import Exchange
from gateway.language.spec.api_key import ApiKeyAuthentication

Presented = Callable[[Exchange], bytes | None]
"""The credential of a request; None where it presents none that could be judged."""

Verify = Callable[[Exchange, bytes | None], Awaitable[None] | None]
"""The check of one type of authentication, told what the request presents to it. It raises a
Refusal, and returns what must be awaited, as a Check does.
"""

_BEARER = b"bearer "
_BASIC = b"basic "


def bearer_token(exchange: Exchange) -> bytes | None:
    """The token (RFC 6750 §2.1). Raises Malformed for two Authorization headers."""
    return _after(_BEARER, exchange)


def user_and_password(exchange: Exchange) -> bytes | None:
    """`user:password`, decoded (RFC 7617 §2). Raises Malformed for two Authorization headers."""
    encoded = _after(_BASIC, exchange)
    if encoded is None:
        return None
    try:
        decoded = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if b":" in decoded else None


def key_of(spec: ApiKeyAuthentication) -> Presented:
    """What finds the key of a request, in the header, the query parameter or the body."""
    if spec.body is not UNSET:
        return _in_body
    return _in_query(str(spec.query)) if spec.header is UNSET else _in_header(spec.header)


def without_parameter(query_string: bytes, name: str) -> bytes:
    """A query without a parameter that is a credential, and no business of the workflow's."""
    return b"&".join(
        pair
        for pair in query_string.split(b"&")
        if unquote_plus(pair.partition(b"=")[0].decode()) != name
    )


def _after(scheme: bytes, exchange: Exchange) -> bytes | None:
    """What follows a scheme and its blanks in Authorization (RFC 9110 §11.4)."""
    value = exchange.header(b"authorization")
    if value is None or value[: len(scheme)].lower() != scheme:
        return None
    return value[len(scheme) :].strip(b" ")


def _in_body(exchange: Exchange) -> bytes | None:
    """What a check has taken out of the body before."""
    return None if exchange.reading is None else exchange.reading.key


def _in_header(name: str) -> Presented:
    written = name.lower().encode("ascii")

    def presented(exchange: Exchange) -> bytes | None:
        values = exchange.lines(written)
        return values[0] if len(values) == 1 and values[0] else None

    return presented


def _in_query(name: str) -> Presented:
    def presented(exchange: Exchange) -> bytes | None:
        value = decode_query(exchange.query_string).get(name)
        return value.encode() if isinstance(value, str) and value else None

    return presented
