"""The small ASGI app that holds the current generation: every request passes here once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal

import structlog

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.errors import Refusal, Unavailable
from gateway.ids import request_id
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.shares import SOON, Shares
from gateway.serve.answering import problem, send_answer, unexpected
from gateway.serve.client import ClientFinder
from gateway.serve.generation import Generation
from gateway.serve.request_body import declared_length, read_body
from gateway.serve.target import judge_host, judge_path
from gateway.settings import Limits

Operate = Callable[[Exchange, Any], Awaitable[None]]
"""Answers a request under `/-/`: (exchange, ASGI send)."""
Record = Callable[[Exchange, Literal["debug", "info"]], None]
"""Tells the log how a request ended."""

RESERVED = b"/-/"
LEFT = 499, "caller-left", "the caller left before it was answered; the workflow may have run"
"""How a request ends that nobody waits for: the status is nginx's, and is sent to nobody."""
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
    ) -> None:
        self.generation: Generation | None = None
        self.in_flight = 0
        self._memory = memory
        self._clients = clients
        self._operate = operate
        self._record = record
        self.stopping = False
        """Whether requests that are cancelled were cut by the gateway itself."""
        self._slots = Shares("requests in flight", limits.in_flight, limits.in_flight_per_client)
        self._unproven = Shares("bodies on their way", limits.unproven, limits.unproven_per_client)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One HTTP request (ASGI 3)."""
        exchange = self._exchange(scope, receive)
        if scope["raw_path"].startswith(RESERVED):
            try:
                await self._answer(exchange, send, self._operations(scope, exchange, send))
            finally:
                self._record(exchange, "debug" if 0 < exchange.status < 400 else "info")
        else:
            await self._counted(exchange, self._hooks(scope, receive, send, exchange), send)

    async def _counted(self, exchange: Exchange, work: Awaitable[None], send: Any) -> None:
        self.in_flight += 1
        try:
            await self._answer(exchange, send, work)
        finally:
            self.in_flight -= 1
            self._memory.give_back(exchange.charged)
            if exchange.occupies is not None:
                exchange.occupies.in_flight -= 1
            self._record(exchange, "info")

    def _exchange(self, scope: Any, receive: Any) -> Exchange:
        headers = scope["headers"]
        known = next((value for name, value in headers if name == b"x-request-id"), None)
        peer = scope.get("client")
        return Exchange(
            method=scope["method"],
            path="",
            raw_path=scope["raw_path"],
            query_string=scope["query_string"],
            headers=headers,
            client=self._clients.find(peer[0] if peer else "", headers),
            request_id=request_id(known),
            started=time.perf_counter(),
            read=partial(self._read_body, receive),
        )

    async def _read_body(self, receive: Any, exchange: Exchange) -> bytes:
        if exchange.proven or exchange.length == 0:
            return await self._whole_body(receive, exchange)
        self._unproven.take(exchange.client)
        try:
            return await self._whole_body(receive, exchange)
        finally:
            self._unproven.give_back(exchange.client)

    async def _whole_body(self, receive: Any, exchange: Exchange) -> bytes:
        charge = partial(self._charge, exchange)
        return await read_body(receive, exchange.length, exchange.body_limit, charge)

    def _charge(self, exchange: Exchange, size: int) -> None:
        self._memory.take(size)
        exchange.charged += size

    async def _operations(self, scope: Any, exchange: Exchange, send: Any) -> None:
        # Probes of load balancers name no host, and none is needed to find who answers them.
        self._judge_target(scope, exchange)
        await self._operate(exchange, send)

    async def _hooks(self, scope: Any, receive: Any, send: Any, exchange: Exchange) -> None:
        self._judge(scope, exchange)
        # Held until the request is answered: nobody's generation is taken apart.
        generation = self.generation
        if generation is None:
            raise Unavailable("No hooks are loaded yet.", SOON)
        app = generation.route(exchange)
        self._slots.take(exchange.client)
        scope[SCOPE_KEY] = exchange
        try:
            await app(scope, receive, send)
        finally:
            self._slots.give_back(exchange.client)

    def _judge(self, scope: Any, exchange: Exchange) -> None:
        """Refuse what two parties could read differently, before anything is routed."""
        self._judge_target(scope, exchange)
        judge_host(exchange.headers)

    def _judge_target(self, scope: Any, exchange: Exchange) -> None:
        exchange.path = judge_path(scope["raw_path"])
        exchange.length = declared_length(scope["gateway.fields"])

    async def _answer(self, exchange: Exchange, send: Any, work: Awaitable[None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            # The wire cancels whoever answers a caller that left: nobody waits for more.
            if not exchange.status:
                ending = CUT if self.stopping else LEFT
                exchange.status, exchange.outcome, exchange.reason = ending
        except Refusal as refusal:
            exchange.outcome = exchange.outcome or refusal.code
            exchange.reason = refusal.reason
            await send_answer(send, exchange, problem(exchange, refusal))
        except Exception:
            _log.exception("unexpected", request_id=exchange.request_id, hook=exchange.hook)
            exchange.outcome = "unexpected"
            if not exchange.status:
                await send_answer(send, exchange, unexpected(exchange))
