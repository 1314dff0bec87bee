"""The small ASGI app that holds the current generation: every request passes here once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal

import structlog

from gateway.compile.answer import Headers
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.errors import Refusal, Unavailable
from gateway.ids import request_id
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.shares import SOON, Shares
from gateway.serve.answering import problem, send_answer, unexpected
from gateway.serve.client import ClientFinder
from gateway.serve.generation import Generation
from gateway.serve.request_body import Bodies
from gateway.serve.target import judge_host, judge_path, path_as_sent
from gateway.settings import Limits
from gateway.wire.server import AnswerUnread

if TYPE_CHECKING:
    from gateway.serve.outcomes import Outcomes

Operate = Callable[[Exchange, Any], Awaitable[None]]
"""Answers a request under `/-/`: (exchange, ASGI send)."""
Record = Callable[[Exchange, Literal["debug", "info"]], None]
"""Tells the log how a request ended."""

RESERVED = b"/-/"
LEFT = 499, "caller-left", "the caller disconnected before the answer; the workflow may have run"
"""How a request ends that nobody waits for: the status is nginx's, and is sent to nobody."""
UNREAD = "the connection ended before the caller had read the answer"
CUT = 499, "cut", "the gateway stopped before the workflow answered; the workflow may have run"
_log = structlog.get_logger("gateway.request")


class Switch:
    """Judges a request, hands it to the current generation, answers what went wrong.

    `generation` is replaced by one assignment; a request keeps the one it began with.
    """

    def __init__(
        self,
        limits: Limits,
        memory: BodyMemory,
        clients: ClientFinder,
        operate: Operate,
        record: Record,
        outcomes: Outcomes | None = None,
    ) -> None:
        self.generation: Generation | None = None
        self.in_flight = 0
        self._memory = memory
        self._clients = clients
        self._operate = operate
        self._record = record
        self._outcomes = outcomes
        self._apart = RESERVED if outcomes is None else (RESERVED, outcomes.prefix)
        self.stopping = False
        """Whether requests that are cancelled were cut by the gateway itself."""
        self._slots = Shares("requests in flight", limits.in_flight, limits.in_flight_per_client)
        unproven = Shares("bodies in transfer", limits.unproven, limits.unproven_per_client)
        self._bodies = Bodies(memory, unproven)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One HTTP request (ASGI 3). One coroutine, since each costs every request."""
        exchange = self._exchange(scope)
        if exchange.raw_path.startswith(self._apart):
            if self._outcomes is not None and exchange.raw_path.startswith(self._outcomes.prefix):
                await self._tell(self._outcomes, exchange, send)
            else:
                await self._operations(exchange, send)
            return
        self.in_flight += 1
        share = generation = None
        try:
            # Refused is what two parties could read differently, before anything is routed.
            judge_host(exchange.fields.get(b"host"))
            # Held until the request is answered: nobody's generation is taken apart.
            generation = self.generation
            app = None if generation is None else generation.literal(exchange)
            if app is None:
                app = _routed(generation, exchange)
            share = self._slots.take(exchange.client)
            scope[SCOPE_KEY] = exchange
            await app(scope, receive, send)
        except (Exception, asyncio.CancelledError) as error:
            cors = () if generation is None else generation.pages.headers(exchange)
            await self._went_wrong(exchange, send, error, cors)
        finally:
            self.in_flight -= 1
            if share is not None:
                self._slots.give_back(share)
            if exchange.charged:
                self._memory.give_back(exchange.charged)
            if exchange.occupies is not None:
                exchange.occupies.in_flight -= 1
            self._record(exchange, "info")

    def _exchange(self, scope: Any) -> Exchange:
        request = scope["gateway.request"]
        fields = request.fields
        known = fields.get(b"x-request-id")
        if isinstance(known, list):
            known = known[0]
        peer = scope["client"]
        headers = scope["headers"]
        return Exchange(
            scope["method"],
            "",
            scope["raw_path"],
            scope["query_string"],
            headers,
            fields,
            self._clients.find(peer[0] if peer else "", headers),
            request_id(known),
            time.perf_counter(),
            self._bodies,
            request,
            length=request.length,
        )

    async def _operations(self, exchange: Exchange, send: Any) -> None:
        try:
            # Probes of load balancers name no host, and none is needed to find who answers them.
            exchange.path = judge_path(exchange.raw_path)
            await self._operate(exchange, send)
        except (Exception, asyncio.CancelledError) as error:
            await self._went_wrong(exchange, send, error)
        finally:
            self._memory.give_back(exchange.charged)
            self._record(exchange, "debug" if 0 < exchange.status < 400 else "info")

    async def _tell(self, outcomes: Outcomes, exchange: Exchange, send: Any) -> None:
        """Say what became of a run, to who has its ticket and may wait for long."""
        outcomes.hide(exchange)
        self.in_flight += 1
        share = None
        pages = None if self.generation is None else self.generation.pages
        try:
            share = self._slots.take(exchange.client)
            await send_answer(send, exchange, await outcomes(exchange, pages))
        except (Exception, asyncio.CancelledError) as error:
            await self._went_wrong(exchange, send, error)
        finally:
            self.in_flight -= 1
            if share is not None:
                self._slots.give_back(share)
            self._record(exchange, "debug" if 0 < exchange.status < 400 else "info")

    async def _went_wrong(
        self, exchange: Exchange, send: Any, error: BaseException, cors: Headers = ()
    ) -> None:
        """Answer what was refused, and faults of ours. `cors` lets pages read the answer."""
        exchange.path = exchange.path or path_as_sent(exchange.raw_path)
        if isinstance(error, asyncio.CancelledError):
            # The wire cancels whoever answers a caller that left: nobody waits for more.
            if not exchange.status:
                ending = CUT if self.stopping else LEFT
                exchange.status, exchange.outcome, exchange.reason = ending
        elif isinstance(error, AnswerUnread):
            exchange.status, exchange.outcome, _ = CUT if self.stopping else LEFT
            exchange.reason = UNREAD
        elif isinstance(error, Refusal):
            exchange.outcome = exchange.outcome or error.code
            exchange.reason = error.reason
            await send_answer(send, exchange, problem(exchange, error, cors))
        else:
            _log.exception("unexpected", request_id=exchange.request_id, hook=exchange.hook)
            exchange.outcome = "unexpected"
            if not exchange.status:
                await send_answer(send, exchange, unexpected(exchange, cors))


def _routed(generation: Generation | None, exchange: Exchange) -> Any:
    exchange.path = judge_path(exchange.raw_path)
    if generation is None:
        raise Unavailable("No hooks are loaded yet.", SOON)
    return generation.route(exchange)
