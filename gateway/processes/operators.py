"""The operators' listener, in the supervisor: it answers whatever the workers go through."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import structlog

from gateway.compile.exchange import Exchange
from gateway.errors import Refusal
from gateway.ids import request_id
from gateway.language.durable import durable_of
from gateway.operate.endpoints import Endpoints
from gateway.operate.metrics.sample import Sample
from gateway.operate.metrics.store_numbers import StoreNumbers
from gateway.operate.metrics.totals import Totals
from gateway.operate.request_log import RequestLog
from gateway.operate.view import GenerationView, of_current
from gateway.reload.leader import Leader
from gateway.reload.messages import Board, Report
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.runtime import Runtime
from gateway.runtime.shares import Shares
from gateway.serve.answering import problem, unexpected
from gateway.serve.client import ClientFinder
from gateway.serve.request_body import Bodies
from gateway.serve.unrouted import Unrouted
from gateway.settings import Settings
from gateway.wire.server import Listener, ServerLimits, serve

if TYPE_CHECKING:
    from gateway.operate.metrics.exposition import Exposition

LIMITS = ServerLimits(connections=256, heads_yield=True, header_timeout=5.0, idle_timeout=30.0)
BODIES = 4 * 1024 * 1024
"""Bytes that the bodies of operators' requests may have together."""
STATES = ("serving", "stale", "out of service", "disabled")
_log = structlog.get_logger("gateway.operators")


class LeaderView:
    """What the leader knows of the whole, and what only the supervisor counts."""

    def __init__(self, leader: Leader, totals: Totals, store: StoreNumbers) -> None:
        self.draining = False
        self.ends = 0
        """Workers that ended without having been told to."""
        self.store = store.access
        self._leader = leader
        self._totals = totals
        self._stored = store

    @property
    def generation(self) -> GenerationView | None:
        """The digest of the served hooks."""
        return of_current(self._leader.current, self.board)

    @property
    def board(self) -> Board:
        """The workers, and what is wrong."""
        return self._leader.board

    async def reload(self, seconds: float) -> Report:
        """Look again, and wait until every worker serves what was found."""
        return await asyncio.wait_for(asyncio.wrap_future(self._leader.reload()), seconds)

    def gate(self, hook: str) -> bytes | None:
        """What digests what a durable hook lets in."""
        # Imported when somebody asks: a megabyte that most supervisors do without.
        from gateway.compile.delivery import gate_of

        current = self._leader.current
        loaded = () if current is None else current.loaded.values()
        specs = (one.spec for one in loaded if one.spec.name == hook)
        return next((gate_of(spec) for spec in specs if durable_of(spec) is not None), None)

    async def metrics(self, accept: str, seconds: float) -> tuple[bytes, str]:
        """All metrics, written in a thread: there may be as many series as there are hooks."""
        await self._stored.ask()
        return await asyncio.wait_for(asyncio.to_thread(self._exposition, accept), seconds)

    def expose(self, accept: str) -> tuple[bytes, str]:
        """The same for another thread than the loop's."""
        self._stored.ask_from_thread()
        return self._exposition(accept)

    @cached_property
    def _exposition(self) -> Exposition:
        """Imported when somebody asks: three megabytes."""
        from gateway.operate.metrics.exposition import Exposition

        return Exposition(self._totals, self.samples, self._stored)

    def samples(self) -> Iterator[Sample]:
        """The metrics that no worker counts."""
        board, generation = self.board, self.generation
        hooks = () if generation is None else generation.hooks
        states = [hook.state for hook in hooks]
        yield Sample(
            "gateway_hooks",
            "Hooks by state.",
            {(("state", state),): states.count(state) for state in STATES},
        )
        yield Sample(
            "gateway_generation", "The number of the current generation.", {(): board.generation}
        )
        yield Sample(
            "gateway_last_reload_successful",
            "Whether the last reload succeeded.",
            {(): float(not board.problems and not board.rejecting)},
        )
        yield Sample(
            "gateway_last_reload_timestamp_seconds",
            "When the served generation was loaded.",
            {(): 0.0 if generation is None else generation.loaded_at},
        )
        digest = "" if generation is None else generation.digest[:12]
        yield Sample(
            "gateway_config_info",
            "The digest of the served hooks.",
            {(("digest", digest),): 1.0},
        )
        running = sum(1 for worker in board.workers if worker.process)
        yield Sample("gateway_workers", "Running workers.", {(): running})
        text = "Workers that ended unexpectedly."
        yield Sample("gateway_worker_ends", text, {(): self.ends}, counts=True)


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
