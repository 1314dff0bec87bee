"""Bearer tokens (RFC 6750): any one of the hook's tokens opens it."""

from __future__ import annotations

from typing import Any

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import any_accepts, cell_of, digest_of
from gateway.language.spec import BearerAuthentication
from gateway.runtime import Runtime
from gateway.secret import Cell


def bearer_guard(
    spec: BearerAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Cell, ...]]:
    """The guard, and the cells it needs. It raises Unauthenticated."""
    digests = tuple(digest_of(token, runtime) for token in spec.tokens)
    cells = tuple(cell for token in spec.tokens if (cell := cell_of(token, runtime)))
    clock = runtime.clock
    missing = challenge("Bearer", realm)
    wrong = challenge("Bearer", realm, ', error="invalid_token"')

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        credentials = exchange.header(b"authorization")
        if credentials is None:
            raise missing
        if credentials[:7].lower() != b"bearer ":
            raise wrong
        if not any_accepts(digests, credentials[7:].strip(b" "), clock()):
            raise wrong

    return guard, cells
