"""Signed requests: whoever the sender's scheme and one of its secrets verify opens the hook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import name_of, prepared
from gateway.compile.guards.presented import Verify
from gateway.compile.needs import Need, Prepared
from gateway.compile.signatures import Verifier, compile_scheme
from gateway.compile.signatures.kinds import Key
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Request
from gateway.compile.signatures.verifier import Claim
from gateway.errors import Unauthenticated
from gateway.language.spec.signature import SignatureAuthentication
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime

DETAIL = "This hook requires a valid signature."


def signature_guard(
    spec: SignatureAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated.

    The body is read only for headers that could verify it. The reason of a refusal is in the
    exchange's `outcome`, for the log alone.
    """
    verifier = compile_scheme(spec).verifier
    secrets = tuple(
        (name_of(entry), prepared(entry, verifier.prepare_key, runtime)) for entry in spec.secrets
    )
    check = _Check(
        verifier, secrets, partial(challenge, "Signature", realm, detail=DETAIL), runtime
    )
    return check.verify, tuple(secret for _, secret in secrets)


class _Check:
    """Verifies the signatures of one hook with its secrets, each with its name for the log."""

    __slots__ = ("_clock", "_offloading", "_refused", "_secrets", "_verifier")

    def __init__(
        self,
        verifier: Verifier,
        secrets: tuple[tuple[str, Prepared[Key]], ...],
        refused: Callable[[], Unauthenticated],
        runtime: Runtime,
    ) -> None:
        self._verifier = verifier
        self._secrets = secrets
        self._refused = refused
        self._clock = runtime.clock
        self._offloading = runtime.offloading

    def verify(self, exchange: Exchange, _shown: bytes | None) -> Awaitable[None] | None:
        try:
            claim = self._verifier.claim(_request(exchange, b""), self._clock())
            body = exchange.body_here()
            if body is None or len(body) > SMALL:
                return self._awaited(exchange, claim)
            exchange.credential = self._prove(exchange, claim, body)
        except Unverified as refusal:
            raise self._unverified(exchange, refusal) from None
        return None

    async def _awaited(self, exchange: Exchange, claim: Claim) -> None:
        body = await exchange.read_body()
        prove = partial(self._prove, exchange, claim, body)
        try:
            exchange.credential = await self._offloading.run(len(body), prove)
        except Unverified as refusal:
            raise self._unverified(exchange, refusal) from None

    def _prove(self, exchange: Exchange, claim: Claim, body: bytes) -> str:
        """The name of the secret that verifies the body. What the message says of itself holds."""
        live = [(name, key) for name, one in self._secrets if (key := one.value()) is not None]
        request = _request(exchange, body)
        name, _ = live[self._verifier.prove(claim, request, [key for _, key in live])]
        exchange.sender = self._verifier.sender(claim)
        return name

    def _unverified(self, exchange: Exchange, refusal: Unverified) -> Unauthenticated:
        exchange.outcome = refusal.outcome
        return self._refused()


def _request(exchange: Exchange, body: bytes) -> Request:
    return Request(
        exchange.method.encode(), exchange.headers, body, exchange.query_string, exchange.raw_path
    )
