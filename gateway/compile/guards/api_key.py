"""API keys: any one of the hook's keys, in its header or query parameter, opens it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote_plus

from msgspec import UNSET

from gateway.compile.body import decode_query
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import any_accepts, digest_of, needs_of
from gateway.compile.needs import Need
from gateway.language.spec.api_key import ApiKeyAuthentication
from gateway.runtime.runtime import Runtime

Taken = Callable[[Exchange], bytes]
"""What takes the key out of a request; empty where there is none, or more than one."""


def api_key_guard(
    spec: ApiKeyAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Need, ...]]:
    """The guard, and what it needs. It raises Unauthenticated, and Malformed for a query
    that cannot be read.
    """
    digests = tuple(digest_of(key, runtime) for key in spec.keys)
    take = _from_query(str(spec.query)) if spec.header is UNSET else _from_header(spec.header)
    refused = partial(challenge, "ApiKey", realm)
    clock = runtime.clock

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        presented = take(exchange)
        if not presented or not any_accepts(digests, presented, clock()):
            raise refused()

    return guard, needs_of(spec.keys, runtime)


def _from_header(name: str) -> Taken:
    written = name.lower().encode("ascii")

    def take(exchange: Exchange) -> bytes:
        values = [value for field, value in exchange.headers if field == written]
        return values[0] if len(values) == 1 else b""

    return take


def _from_query(name: str) -> Taken:
    """The parameter leaves the query: it is a credential, and no business of the workflow's."""

    def take(exchange: Exchange) -> bytes:
        value = decode_query(exchange.query_string).get(name)
        kept = [
            pair
            for pair in exchange.query_string.split(b"&")
            if unquote_plus(pair.partition(b"=")[0].decode()) != name
        ]
        exchange.query_string = b"&".join(kept)
        return value.encode() if isinstance(value, str) else b""

    return take
