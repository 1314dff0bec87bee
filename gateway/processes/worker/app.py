"""The composition root of a worker process: everything is made here and handed on."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import threading
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Literal

import structlog

from gateway.compile.exchange import Exchange
from gateway.errors import NotFound
from gateway.operate.endpoints import Endpoints
from gateway.operate.logs import Lines, set_up_logs
from gateway.operate.metrics.counting import RequestMetrics
from gateway.operate.request_log import RequestLog
from gateway.processes.worker.beat import Beat
from gateway.processes.worker.view import WorkerView
from gateway.reload.building import Builder
from gateway.reload.follower import Follower
from gateway.reload.messages import ToLeader, ToWorker
from gateway.reload.turns import Turns
from gateway.runtime.runtime import Runtime
from gateway.runtime.series import Series
from gateway.serve.answering import send_answer
from gateway.serve.client import ClientFinder
from gateway.serve.generation import Generation
from gateway.serve.server import server_limits
from gateway.serve.switch import Switch
from gateway.serve.unrouted import Unrouted
from gateway.settings import Settings
from gateway.wire.server import Listener, serve

if TYPE_CHECKING:
    from gateway.runtime.runs import Kept
    from gateway.serve.outcomes import Outcomes

ALONE = "the supervisor ended: this worker finishes its requests in flight and ends"
_log = structlog.get_logger("gateway")


class Worker:
    """One process of those that answer callers."""

    def __init__(
        self, settings: Settings, connection: Connection[ToLeader, ToWorker], series: Series
    ) -> None:
        self._metrics = RequestMetrics(series)
        lines = set_up_logs(settings.log_format, settings.log_level, self._metrics.lines_lost)
        self._settings = settings
        self._runtime = Runtime(settings)
        self._series = series
        self._told_to_stop = asyncio.Event()
        self._clients = ClientFinder(settings.trusted_proxies)
        self._log = RequestLog(lines, settings.log_level)
        self._view = view = WorkerView(self._runtime)
        self._endpoints = Endpoints(self._runtime, view, private=False)
        self._switch = Switch(
            settings.limits,
            self._runtime.body_memory,
            self._clients,
            _nobody if settings.admin_listen else self._operate,
            self._record,
            _outcomes(self._runtime, lines),
        )
        builder = Builder(self._runtime, Turns(self._busy))
        self._follower = Follower(
            connection,
            builder,
            self._runtime.secrets,
            self._switch,
            self._lost,
            self._deliver,
            self._stored,
        )
        view.follower, view.switch = self._follower, self._switch

    def _record(self, exchange: Exchange, level: Literal["debug", "info"]) -> None:
        """Tell log and metrics how a request ended."""
        self._log(exchange, level)
        if level == "info":
            self._metrics(exchange)

    async def _operate(self, exchange: Exchange, send: Any) -> None:
        await send_answer(send, exchange, await self._endpoints(exchange))

    def _deliver(self, generation: Generation) -> None:
        """Deliver the runs of a generation's hooks from now on."""
        if self._runtime.runs is not None:
            serving = self._runtime.runs.serving(generation.number, generation.executors)
            self._view.store.policies = serving

    def _stored(self, problem: str) -> None:
        if self._runtime.runs is not None:
            self._runtime.runs.told = problem

    def _busy(self) -> bool:
        return self._switch.in_flight > 0

    async def run(self, listening: socket.socket) -> None:
        """Serve on a listening socket until told to stop, then finish what is in flight."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_report)
        self._loop.add_signal_handler(signal.SIGUSR1, self._drain)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGUSR1,))
        self._loop.add_signal_handler(signal.SIGTERM, self._told_to_stop.set)
        await self._started()
        if not self._told_to_stop.is_set():
            await self._serve(listening)
        await self._runtime.close()

    async def _started(self) -> None:
        """Return when there is something to serve, or nothing to start for any more."""
        starting = self._loop.create_task(self._follower.start())
        stopping = self._loop.create_task(self._told_to_stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        starting.cancel()

    async def _serve(self, listening: socket.socket) -> None:
        listener = await serve(
            self._switch,
            listening,
            server_limits(self._settings.limits),
            Unrouted(self._clients, self._record),
            self._clients.is_client,
        )
        tell = self._follower.store_problem
        Beat(self._series, listener, self._runtime, self._metrics, tell).start()
        self._follower.listening()
        _settle_garbage()
        await self._told_to_stop.wait()
        await self._finish(listener)

    async def _finish(self, listener: Listener) -> None:
        listener.drain()
        delivering = self._loop.create_task(self._leave_store())
        try:
            async with asyncio.timeout(self._settings.drain):
                await listener.wait_closed()
        except TimeoutError:
            _log.warning(
                "the drain time is over; the requests still in flight are cut off",
                in_flight=self._switch.in_flight,
            )
        self._switch.stopping = True
        listener.close()
        await delivering
        # What was cut writes its line of the log.
        await asyncio.sleep(0.05)

    async def _leave_store(self) -> None:
        if self._runtime.runs is not None:
            await self._runtime.runs.close(self._settings.drain)

    def _drain(self) -> None:
        self._runtime.draining = True
        if self._runtime.runs is not None:
            self._runtime.runs.retire()
        _log.info("draining", in_flight=self._switch.in_flight)

    def _lost(self) -> None:
        """Without the leader nothing is reloaded any more, and nobody would stop this process."""
        _log.error(ALONE)
        last_word = threading.Timer(self._settings.drain + 1, os._exit, (1,))
        last_word.daemon = True
        last_word.start()
        self._loop.call_soon_threadsafe(self._told_to_stop.set)


def _outcomes(runtime: Runtime, lines: Lines | None) -> Outcomes | None:
    """Let the runtime have a place for runs, and tell callers what becomes of them."""
    if not runtime.settings.keeps_runs:
        return None
    # A megabyte that workers without a place for runs do without.
    from gateway.operate.run_log import RunLog
    from gateway.runtime.runs import Runs
    from gateway.serve.outcomes import Outcomes

    log = RunLog(lines, runtime.settings.log_level)
    runtime.runs = Runs(partial(_store, runtime), log, log.fault, runtime.body_memory)
    return Outcomes(runtime)


def _store(runtime: Runtime) -> Kept:
    """The store of this worker. Each engine is imported by who has it."""
    if runtime.settings.store.engine == "postgres":
        from gateway.runtime.stores import postgres_store

        return postgres_store(runtime.settings, observes=False, keys=runtime.store_keys)
    from gateway.runs.sqlite.client import SqliteStore

    return SqliteStore(runtime.settings.store.socket)


async def _nobody(_exchange: Exchange, _send: Any) -> None:
    """Operators have a listener of their own."""
    raise NotFound("No enabled hook has this path.")


def _report(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What went wrong outside of any request's answer."""
    _log.error("unexpected", reason=context["message"], exc_info=context.get("exception"))


def _settle_garbage() -> None:
    """What was built stays: collecting it again and again costs tail latency (27 → 11 ms)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
