"""Bearer tokens (RFC 6750): any one of the hook's tokens opens it."""

from __future__ import annotations

from functools import partial

from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import accepted, digest_of, needs_of
from gateway.compile.guards.presented import Verify
from gateway.compile.needs import Need
from gateway.language.spec import BearerAuthentication
from gateway.runtime.runtime import Runtime


def bearer_guard(
    spec: BearerAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated."""
    digests = tuple(digest_of(token, runtime) for token in spec.tokens)
    clock = runtime.clock
    missing = partial(challenge, "Bearer", realm, reason="The request has no Authorization header.")
    refused = partial(challenge, "Bearer", realm, ', error="invalid_token"')

    def check(exchange: Exchange, token: bytes | None) -> None:
        if token is None:
            if exchange.header(b"authorization") is None:
                raise missing()
            raise refused(reason="The Authorization header does not begin with 'Bearer'.")
        exchange.credential = accepted(digests, token, clock())
        if not exchange.credential:
            raise refused(reason="The token is wrong or expired.")

    return check, needs_of(spec.tokens, runtime)
