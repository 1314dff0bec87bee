"""The operators' listener, in the supervisor: it answers whatever the workers go through."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

import structlog

from gateway.compile.exchange import Exchange
from gateway.errors import Refusal
from gateway.ids import request_id
from gateway.operate.endpoints import Endpoints
from gateway.operate.request_log import RequestLog
from gateway.processes.view import LeaderView
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.runtime import Runtime
from gateway.runtime.shares import Shares
from gateway.serve.answering import problem, unexpected
from gateway.serve.client import ClientFinder
from gateway.serve.request_body import Bodies
from gateway.serve.unrouted import Unrouted
from gateway.settings import Settings
from gateway.wire.server import Listener, ServerLimits, serve

LIMITS = ServerLimits(connections=256, heads_yield=True, header_timeout=5.0, idle_timeout=30.0)
BODIES = 4 * 1024 * 1024
"""Bytes that the bodies of operators' requests may have together."""
_log = structlog.get_logger("gateway.operators")


class Operators:
    """Answers on a listener of its own."""

    def __init__(self, settings: Settings, view: LeaderView, record: RequestLog) -> None:
        self._runtime = Runtime(settings)
        self._endpoints = Endpoints(self._runtime, view, private=True)
        self._clients = ClientFinder(())
        self._record = record
        self._memory = BodyMemory(BODIES)
        shares = Shares("bodies in transfer", LIMITS.connections, LIMITS.connections)
        self._bodies = Bodies(self._memory, shares)

    async def listen(self, sock: socket.socket) -> Listener:
        """Begin to answer."""
        self._loop = asyncio.get_running_loop()
        return await serve(self._answer, sock, LIMITS, Unrouted(self._clients, self._record))

    def refresh_secrets(self) -> None:
        """Read the admin token again; from the thread that noticed the change."""
        self._runtime.secrets.refresh(self._between_requests)

    def _between_requests(self, put: Callable[[], None]) -> None:
        self._loop.call_soon_threadsafe(put)

    async def _answer(self, scope: Any, _receive: Any, _send: Any) -> None:
        exchange = _exchange(scope, self._bodies)
        try:
            answer = await self._endpoints(exchange)
        except Refusal as refusal:
            exchange.outcome, exchange.reason = refusal.code, refusal.reason
            answer = problem(exchange, refusal)
        except Exception:
            _log.exception("unexpected", request_id=exchange.request_id)
            exchange.outcome = "unexpected"
            answer = unexpected(exchange)
        finally:
            self._memory.give_back(exchange.charged)
        exchange.status = answer.status
        request = (b"x-request-id", exchange.request_id.encode())
        scope["gateway.request"].respond(answer.status, (*answer.headers, request), answer.body)
        self._record(exchange, "debug" if answer.status < 400 else "info")


def _exchange(scope: Any, bodies: Bodies) -> Exchange:
    request = scope["gateway.request"]
    known = request.fields.get(b"x-request-id")
    peer = scope["client"]
    return Exchange(
        method=scope["method"],
        path=scope["path"],
        raw_path=scope["raw_path"],
        query_string=scope["query_string"],
        headers=scope["headers"],
        fields=request.fields,
        client=peer[0] if peer else "",
        request_id=request_id(known if isinstance(known, bytes) else None),
        started=time.perf_counter(),
        source=bodies,
        incoming=request,
        length=request.length,
    )
