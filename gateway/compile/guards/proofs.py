"""Where requests carry what proves them, for whoever counts failed attempts."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET

from gateway.compile.body import decode_query
from gateway.compile.exchange import Exchange
from gateway.compile.guards.attempts import LONG, Proof
from gateway.language.signed import sender_of
from gateway.language.spec import ApiKeyAuthentication, SignatureAuthentication

Shown = Callable[[Exchange], bytes | None]
BEARER = b"bearer "


def of_password(_spec: object) -> Proof:
    """A password is chosen by people, and looking at one is expensive: all of them count."""
    return Proof(_header("authorization"), lambda _shown: True)


def of_token(_spec: object) -> Proof:
    """A bearer token; one from `gateway token` is longer than anybody can guess."""
    return Proof(_header("authorization"), lambda shown: len(shown) < len(BEARER) + LONG)


def of_key(spec: ApiKeyAuthentication) -> Proof:
    """An API key, in its header or in the query."""
    shown = _header(spec.header) if spec.header is not UNSET else _parameter(str(spec.query))
    return Proof(shown, lambda key: len(key) < LONG)


def of_jwt(_spec: object) -> Proof:
    """A signed token."""
    return Proof(_header("authorization"), lambda _shown: False)


def of_signature(spec: SignatureAuthentication) -> Proof:
    """A signature in the sender's header."""
    return Proof(_header(sender_of(spec).scheme.header), lambda _shown: False)


def _header(name: str) -> Shown:
    """What stands in a header first; its guard judges one that is there twice."""
    field = name.lower().encode("ascii")
    return lambda exchange: next((v for k, v in exchange.headers if k == field), None)


def _parameter(name: str) -> Shown:
    def shown(exchange: Exchange) -> bytes | None:
        value = decode_query(exchange.query_string).get(name)
        return None if value is None else str(value).encode()

    return shown
