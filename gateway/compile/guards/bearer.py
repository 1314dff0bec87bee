"""Bearer tokens (RFC 6750): any one of the hook's tokens opens it."""

from __future__ import annotations

from functools import partial
from typing import Any

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import any_accepts, digest_of, needs_of
from gateway.compile.needs import Need
from gateway.language.spec import BearerAuthentication
from gateway.runtime.runtime import Runtime


def bearer_guard(
    spec: BearerAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Need, ...]]:
    """The guard, and what it needs. It raises Unauthenticated."""
    digests = tuple(digest_of(token, runtime) for token in spec.tokens)
    clock = runtime.clock
    missing = partial(challenge, "Bearer", realm)
    wrong = partial(challenge, "Bearer", realm, ', error="invalid_token"')

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        credentials = exchange.header(b"authorization")
        if credentials is None:
            raise missing()
        if credentials[:7].lower() != b"bearer ":
            raise wrong()
        if not any_accepts(digests, credentials[7:].strip(b" "), clock()):
            raise wrong()

    return guard, needs_of(spec.tokens, runtime)
