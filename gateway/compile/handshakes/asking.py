"""A hook's handshakes on their way: answered by the gateway, before or after the credentials."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import NamedTuple

from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange
from gateway.compile.guards.attempts import LONG, Failures
from gateway.compile.guards.credentials import cell_of, prepared
from gateway.compile.handshakes import Asked, HandshakeRequest, compile_handshake
from gateway.compile.needs import Need, Prepared
from gateway.compile.receiving.reader import BodyReader
from gateway.errors import Forbidden, Malformed, MethodNotAllowed
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.handshakes import (
    ChallengeHandshake,
    LongHandshake,
    MetaHandshake,
    StravaHandshake,
)
from gateway.runtime.runtime import Runtime


class _Question(NamedTuple):
    """One handshake: by which methods it is asked, what answers it, what that must know.

    `reads_body` is whether it looks at the body, `as_read` whether at what `receive` makes of it,
    `has_token` whether its secret is a verify token, which a caller could try to find.
    """

    methods: tuple[str, ...]
    answer: Asked
    secrets: tuple[Prepared[bytes], ...]
    reads_body: bool
    as_read: bool
    has_token: bool


class Asking:
    """A check that answers the handshakes of one moment, and refuses what else comes by a method
    that belongs to handshakes alone. `needs` are the references that they cannot do without.

    `methods` are those by which there is more to come for a request.
    """

    __slots__ = ("_asked_by", "_clock", "_failures", "_methods", "_questions", "_reader", "needs")

    def __init__(
        self,
        hook: Hook,
        handshakes: Sequence[LongHandshake],
        methods: tuple[str, ...],
        runtime: Runtime,
    ) -> None:
        self._questions = tuple(_question(hook, one, runtime) for one in handshakes)
        self._asked_by = frozenset(method for one in self._questions for method in one.methods)
        self._methods = methods
        self._clock = runtime.clock
        self._failures = Failures(hook.name, hook.limits, runtime)
        self._reader = BodyReader(hook, runtime)
        self.needs: tuple[Need, ...] = tuple(
            secret for one in self._questions for secret in one.secrets
        )

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        """Raises MethodNotAllowed for a request that is neither a handshake nor the hook's, and
        what handshakes raise.
        """
        if exchange.method in self._asked_by:
            return self._ask_all(exchange)
        self._judge_method(exchange)
        return None

    async def _ask_all(self, exchange: Exchange) -> None:
        for question in self._questions:
            if exchange.method in question.methods:
                answer = self._ask(question, await self._request(question, exchange), exchange)
                if answer is not None:
                    exchange.outcome, exchange.answer = "handshake", answer
                    return
        self._judge_method(exchange)

    def _judge_method(self, exchange: Exchange) -> None:
        if exchange.method not in self._methods:
            allow = ", ".join(self._methods).encode()
            raise MethodNotAllowed("This request is not a handshake.", ((b"allow", allow),))

    async def _request(self, question: _Question, exchange: Exchange) -> HandshakeRequest:
        content_type, body = None, b""
        if question.as_read and (waits := self._reader(exchange)) is not None:
            await waits
        if question.reads_body:
            body = await exchange.read_body()
        if exchange.reading is not None:
            content_type = exchange.reading.content_type
        return HandshakeRequest(
            exchange.method,
            exchange.query_string,
            exchange.headers,
            body,
            [value for secret in question.secrets if (value := secret.value()) is not None],
            self._clock(),
            content_type,
            exchange.path_params,
        )

    def _ask(
        self, question: _Question, request: HandshakeRequest, exchange: Exchange
    ) -> Answer | None:
        try:
            answer = question.answer(request)
        except Forbidden:
            if question.secrets:
                self._failures.charge(exchange)
            raise
        except Malformed:
            self._admit(question, exchange)
            raise
        if answer is not None:
            self._admit(question, exchange)
        return answer

    def _admit(self, question: _Question, exchange: Exchange) -> None:
        """Beyond the limit, a verify token that could be found by trying gets the same answer
        whether it is right or wrong.
        """
        if not question.has_token:
            return
        held = [value for secret in question.secrets if (value := secret.value()) is not None]
        if any(len(value) < LONG for value in held):
            self._failures.admit(exchange)


def _question(hook: Hook, handshake: LongHandshake, runtime: Runtime) -> _Question:
    as_read = isinstance(handshake, ChallengeHandshake) and handshake.reads_body
    return _Question(
        handshake.asked_by,
        compile_handshake(handshake),
        _secrets(hook, handshake, runtime),
        as_read or (handshake.proven and "POST" in handshake.asked_by),
        as_read,
        isinstance(handshake, MetaHandshake | StravaHandshake),
    )


def _secrets(hook: Hook, handshake: LongHandshake, runtime: Runtime) -> tuple[Prepared[bytes], ...]:
    """The verify token, or the secrets of the signature: what a handshake may have to know."""
    if isinstance(handshake, MetaHandshake | StravaHandshake):
        cell = cell_of(handshake.verify_token, runtime)
        assert cell is not None  # noqa: S101 - the spec has exactly one of `secret` and `env`
        return (Prepared(cell, bytes, float("inf"), runtime.clock),)
    if handshake.SCHEME and isinstance(hook.authentication, SignatureAuthentication):
        return tuple(prepared(entry, bytes, runtime) for entry in hook.authentication.secrets)
    return ()
