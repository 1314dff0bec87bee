"""The body of a request as a hook's `receive` says to read it: a check that is passed once."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

from msgspec import UNSET

from gateway.compile.exchange import Exchange, Reading
from gateway.compile.large import LargeBodies
from gateway.compile.payload import WITH_BODY
from gateway.compile.receiving.inflating import coding_of, inflated
from gateway.compile.receiving.rewriting import Rewriting
from gateway.language.spec import Hook, Receive, Workflow
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime


class BodyReader:
    """Puts what a body is read as in its place, and its type into the exchange's `reading`.

    It raises the Refusals of bodies.
    """

    __slots__ = ("_accepted", "_keeps", "_large", "_memory", "_offloading", "_rewriting")

    def __init__(self, hook: Hook, runtime: Runtime) -> None:
        receive = Receive() if hook.receive is UNSET else hook.receive
        self._accepted = () if receive.encoding is UNSET else tuple(receive.encoding)
        self._rewriting = Rewriting(receive)
        self._keeps = isinstance(hook.workflow, Workflow) and hook.workflow.format == "raw"
        self._large = LargeBodies(runtime)
        self._memory = runtime.body_memory
        self._offloading = runtime.offloading

    def __call__(self, exchange: Exchange) -> Awaitable[None] | None:
        """A check; who needs the body as it is read may call it before its turn."""
        if exchange.reading is not None or exchange.method not in WITH_BODY:
            return None
        coding = self._coding(exchange)
        body = exchange.body_here()
        if body is None or coding is not None or len(body) > SMALL:
            return self._awaited(exchange, coding)
        self._put(exchange, body, body, self._rewritten(exchange, body))
        return None

    async def _awaited(self, exchange: Exchange, coding: str | None) -> None:
        received = plain = await exchange.read_body()
        if coding is not None and received:
            limit, charge = exchange.body_limit, partial(self._charge, exchange)
            plain = await inflated(received, coding, limit, charge, self._offloading)
        if len(plain) > SMALL and self._rewriting.works:
            made = await self._large.judge(plain, partial(self._rewritten, exchange, plain))
        else:
            made = self._rewritten(exchange, plain)
        self._put(exchange, received, plain, made)

    def _coding(self, exchange: Exchange) -> str | None:
        return coding_of(exchange.header(b"content-encoding"), self._accepted)

    def _rewritten(self, exchange: Exchange, plain: bytes) -> tuple[bytes, bytes | None]:
        return self._rewriting(exchange.header(b"content-type"), plain)

    def _put(
        self,
        exchange: Exchange,
        received: bytes,
        plain: bytes,
        made: tuple[bytes, bytes | None],
    ) -> None:
        """Hold what was made, and the received bytes only where they are needed."""
        body, content_type = made
        kept = received if self._keeps else b""
        self._charge(exchange, _size(kept, body) - _size(received, plain))
        exchange.reading = Reading(content_type, kept)
        exchange.body = body

    def _charge(self, exchange: Exchange, size: int) -> None:
        if size > 0:
            self._memory.take(size)
        else:
            self._memory.give_back(-size)
        exchange.charged += size


def _size(one: bytes, other: bytes) -> int:
    """Bytes of memory of two bodies, which may be one and the same."""
    return len(one) if one is other else len(one) + len(other)
