"""API keys: any one of the hook's keys, in its header or query parameter, opens it."""

from __future__ import annotations

from functools import partial

from msgspec import UNSET

from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import accepted, digest_of, needs_of
from gateway.compile.guards.presented import Verify, without_parameter
from gateway.compile.needs import Need
from gateway.language.spec.api_key import ApiKeyAuthentication
from gateway.runtime.runtime import Runtime


def api_key_guard(
    spec: ApiKeyAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated."""
    digests = tuple(digest_of(key, runtime) for key in spec.keys)
    parameter = "" if spec.query is UNSET else spec.query
    refused = partial(challenge, "ApiKey", realm)
    absent = f"The request has no key in {_place(spec)}, or several."
    clock = runtime.clock

    def check(exchange: Exchange, key: bytes | None) -> None:
        if parameter:
            exchange.query_string = without_parameter(exchange.query_string, parameter)
        if key is not None:
            exchange.credential = accepted(digests, key, clock())
        if not exchange.credential:
            raise refused(reason=absent if key is None else "The key is wrong or expired.")

    return check, needs_of(spec.keys, runtime)


def _place(spec: ApiKeyAuthentication) -> str:
    """Where the key of a request is, in the words of the log."""
    if spec.body is not UNSET:
        return f"the body parameter {spec.body!r}"
    if spec.query is not UNSET:
        return f"the query parameter {spec.query!r}"
    return f"the header {spec.header!r}"
