"""Signed requests: whoever the sender's scheme and one of its secrets verify opens the hook."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import name_of, prepared
from gateway.compile.guards.presented import Verify
from gateway.compile.needs import Need
from gateway.compile.signatures import compile_scheme
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Request
from gateway.compile.signatures.scheme import Claim
from gateway.errors import Unauthenticated
from gateway.language.spec.signature import SignatureAuthentication
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime

DETAIL = "This hook requires a valid signature."


def signature_guard(
    spec: SignatureAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated.

    The body is read only for headers that could verify it. Why a request was refused stands in
    the exchange's `outcome`, for the log alone.
    """
    scheme = compile_scheme(spec)
    secrets = tuple(
        (name_of(entry), prepared(entry, scheme.prepare_key, runtime)) for entry in spec.secrets
    )
    refused = partial(challenge, "Signature", realm, detail=DETAIL)
    clock, offloading = runtime.clock, runtime.offloading

    def claimed(exchange: Exchange) -> Claim:
        request = Request(exchange.headers, b"", exchange.query_string, exchange.raw_path)
        return scheme.claim(request, clock())

    def prove(exchange: Exchange, claim: Claim, body: bytes) -> str:
        request = Request(exchange.headers, body, exchange.query_string, exchange.raw_path)
        live = [(name, key) for name, one in secrets if (key := one.value()) is not None]
        return live[scheme.prove(claim, request, [key for _, key in live])][0]

    def unverified(exchange: Exchange, refusal: Unverified) -> Unauthenticated:
        exchange.outcome = refusal.outcome
        return refused()

    async def awaited(exchange: Exchange, claim: Claim) -> None:
        body = await exchange.read_body()
        try:
            exchange.credential = await offloading.run(
                len(body), partial(prove, exchange, claim, body)
            )
        except Unverified as refusal:
            raise unverified(exchange, refusal) from None

    def check(exchange: Exchange, _shown: bytes | None) -> Awaitable[None] | None:
        try:
            claim = claimed(exchange)
            body = exchange.body_here()
            if body is None or len(body) > SMALL:
                return awaited(exchange, claim)
            exchange.credential = prove(exchange, claim, body)
        except Unverified as refusal:
            raise unverified(exchange, refusal) from None
        return None

    return check, tuple(secret for _, secret in secrets)
