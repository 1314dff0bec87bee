"""API keys: any one of the hook's keys, in its header or query parameter, opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from gateway.compile.body import decode_query
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import any_accepts, cell_of, digest_of
from gateway.language.spec.api_key import ApiKeyAuthentication
from gateway.runtime import Runtime
from gateway.secret import Cell


def api_key_guard(
    spec: ApiKeyAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Cell, ...]]:
    """The guard, and the cells it needs. It raises Unauthenticated."""
    digests = tuple(digest_of(key, runtime) for key in spec.keys)
    cells = tuple(cell for key in spec.keys if (cell := cell_of(key, runtime)))
    presented = _in_header(spec.header) if spec.header is not UNSET else _in_query(str(spec.query))
    refused = challenge("ApiKey", realm)
    clock = runtime.clock

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        key = presented(exchange)
        if key is None or not any_accepts(digests, key, clock()):
            raise refused

    return guard, cells


def _in_header(name: str) -> Callable[[Exchange], bytes | None]:
    header = name.lower().encode("ascii")
    return lambda exchange: exchange.header(header)


def _in_query(name: str) -> Callable[[Exchange], bytes | None]:
    def presented(exchange: Exchange) -> bytes | None:
        value = decode_query(exchange.query_string).get(name)
        return value.encode() if isinstance(value, str) else None

    return presented
