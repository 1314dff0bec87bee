"""A hook's handshake on its way: answered by the gateway, before or after the credentials."""

from __future__ import annotations

from gateway.compile.answer import Answer
from gateway.compile.check import Check
from gateway.compile.exchange import Exchange
from gateway.compile.guards.attempts import Failures
from gateway.compile.guards.credentials import cell_of, prepared
from gateway.compile.handshakes import HandshakeRequest, compile_handshake
from gateway.compile.needs import Need, Prepared
from gateway.errors import Forbidden, MethodNotAllowed
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.handshake import LongHandshake, MetaHandshake
from gateway.runtime.runtime import Runtime


class Asking:
    """Answers a hook's handshakes, and refuses whatever else comes by their method alone.

    `signed` is whether the provider signs them: then the credentials come first. `needs` are the
    references that it cannot do without.
    """

    __slots__ = (
        "_answer",
        "_clock",
        "_failures",
        "_method",
        "_methods",
        "_secrets",
        "needs",
        "signed",
    )

    def __init__(self, hook: Hook, handshake: LongHandshake, runtime: Runtime) -> None:
        self._answer = compile_handshake(handshake)
        self._method = handshake.METHOD
        self._methods = (*hook.methods, *(["HEAD"] if "GET" in hook.methods else []))
        self._clock = runtime.clock
        self._failures = Failures(hook.name, hook.limits, runtime)
        self._secrets = _secrets(hook, handshake, runtime)
        self.signed = handshake.SIGNED
        self.needs: tuple[Need, ...] = self._secrets

    async def __call__(self, exchange: Exchange) -> Answer | None:
        """The answer to a handshake, None for a request that the hook takes.

        Raises MethodNotAllowed for one that is neither, and what handshakes raise.
        """
        if exchange.method == self._method:
            answer = self._ask(await self._request(exchange), exchange)
            if answer is not None:
                exchange.outcome = "handshake"
                return answer
        if exchange.method not in self._methods:
            allow = ", ".join(self._methods).encode()
            raise MethodNotAllowed("This request is not a handshake.", ((b"allow", allow),))
        return None

    async def _request(self, exchange: Exchange) -> HandshakeRequest:
        return HandshakeRequest(
            exchange.method,
            exchange.query_string,
            exchange.headers,
            await exchange.read_body() if self.signed else b"",
            [value for secret in self._secrets if (value := secret.value()) is not None],
            self._clock(),
        )

    def _ask(self, request: HandshakeRequest, exchange: Exchange) -> Answer | None:
        try:
            return self._answer(request)
        except Forbidden:
            if self._secrets:
                self._failures.charge(exchange)
            raise


def asking_check(asking: Asking) -> Check:
    """A check that lets handshakes be answered before credentials are asked for."""

    async def check(exchange: Exchange) -> None:
        exchange.answer = await asking(exchange)

    return check


def unless_answered(check: Check) -> Check:
    """A check that is passed over where a handshake has its answer already."""
    return lambda exchange: check(exchange) if exchange.answer is None else None


def _secrets(hook: Hook, handshake: LongHandshake, runtime: Runtime) -> tuple[Prepared[bytes], ...]:
    """The verify token, or the secrets of the signature: what a handshake may have to know."""
    if isinstance(handshake, MetaHandshake):
        cell = cell_of(handshake.verify_token, runtime)
        assert cell is not None  # noqa: S101 - the spec has exactly one of `secret` and `env`
        return (Prepared(cell, bytes, float("inf"), runtime.clock),)
    if handshake.SIGNED and isinstance(hook.authentication, SignatureAuthentication):
        return tuple(prepared(entry, bytes, runtime) for entry in hook.authentication.secrets)
    return ()
