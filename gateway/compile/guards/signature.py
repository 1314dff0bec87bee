"""Signed requests: whoever the sender's scheme and one of its secrets verify opens the hook."""

from __future__ import annotations

from functools import partial
from typing import Any

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import name_of, prepared
from gateway.compile.needs import Need
from gateway.compile.signatures import compile_scheme
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Request
from gateway.language.spec.signature import SignatureAuthentication
from gateway.runtime.runtime import Runtime

DETAIL = "This hook asks for a signature that it can verify."


def signature_guard(
    spec: SignatureAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Need, ...]]:
    """The guard, and what it needs. It raises Unauthenticated.

    The body is read only for headers that could verify it. Why a request was refused stands in
    the exchange's `outcome`, for the log alone.
    """
    scheme = compile_scheme(spec)
    secrets = tuple(
        (name_of(entry), prepared(entry, scheme.prepare_key, runtime)) for entry in spec.secrets
    )
    refused = partial(challenge, "Signature", realm, detail=DETAIL)
    clock, offloading = runtime.clock, runtime.offloading

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        request = Request(exchange.headers, b"", exchange.query_string, exchange.raw_path)
        try:
            claim = scheme.claim(request, clock())
            whole = Request(request.headers, await exchange.read_body(), *request[2:])
            live = [(name, key) for name, one in secrets if (key := one.value()) is not None]
            prove = partial(scheme.prove, claim, whole, [key for _, key in live])
            held = await offloading.run(len(whole.body), prove)
            exchange.credential = live[held][0]
        except Unverified as refusal:
            exchange.outcome = refusal.outcome
            raise refused() from None

    return guard, tuple(secret for _, secret in secrets)
