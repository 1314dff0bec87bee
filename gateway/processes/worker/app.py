"""The composition root of a worker process: everything is made here and handed on."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from multiprocessing.connection import Connection
from typing import Any

import structlog

from gateway.operate.endpoints import Endpoints, health
from gateway.operate.logs import set_up_logs
from gateway.operate.reload import reload
from gateway.operate.request_log import RequestLog
from gateway.operate.status import status
from gateway.reload.building import Builder
from gateway.reload.follower import Follower
from gateway.reload.messages import Board, Report, ToLeader, ToWorker
from gateway.reload.turns import Turns
from gateway.runtime.runtime import Runtime
from gateway.serve.client import ClientFinder
from gateway.serve.generation import Generation
from gateway.serve.switch import Switch
from gateway.settings import Settings

ALONE = "the supervisor is gone: this worker finishes what is in flight and ends"
_log = structlog.get_logger("gateway")


class Worker:
    """The ASGI app of one process: the lifespan sets up, the switch answers."""

    def __init__(self, settings: Settings, connection: Connection[ToLeader, ToWorker]) -> None:
        lines = set_up_logs(settings.log_format, settings.log_level)
        self._settings = settings
        self._runtime = Runtime(settings)
        self._alone = False
        endpoints = Endpoints(
            self._runtime,
            health(self._runtime, self._current, self._board),
            {**status(self._current, self._board), **reload(self._current, self._reload)},
        )
        self._switch = Switch(
            settings.limits,
            self._runtime.body_memory,
            ClientFinder(settings.trusted_proxies),
            endpoints,
            RequestLog(lines, settings.log_level),
        )
        builder = Builder(self._runtime, Turns(self._busy))
        self._follower = Follower(
            connection, builder, self._runtime.secrets, self._switch, self._lost
        )

    def _busy(self) -> bool:
        return self._switch.in_flight > 0

    def _current(self) -> Generation | None:
        return self._switch.generation

    def _board(self) -> Board:
        return self._follower.board

    async def _reload(self, seconds: float) -> Report:
        return await self._follower.reload(seconds)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI 3: HTTP and lifespan."""
        if scope["type"] == "http":
            await self._switch(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self._drain)
        # ^C reaches every process of a terminal's job; when to stop is the supervisor's to say.
        loop.add_signal_handler(signal.SIGINT, lambda: None)
        await self._follower.start()
        if self._alone:
            await send({"type": "lifespan.startup.failed", "message": ALONE})
            return
        _settle_garbage()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._runtime.close()
        await send({"type": "lifespan.shutdown.complete"})

    def _drain(self) -> None:
        self._runtime.draining = True
        _log.info("draining", in_flight=self._switch.in_flight)

    def _lost(self) -> None:
        """Without the leader nothing is reloaded any more, and nobody would stop this process."""
        _log.error(ALONE)
        self._alone = True
        last_word = threading.Timer(self._settings.drain + 1, os._exit, (1,))
        last_word.daemon = True
        last_word.start()
        os.kill(os.getpid(), signal.SIGTERM)


def _settle_garbage() -> None:
    """What was built stays: collecting it again and again costs tail latency (27 → 11 ms)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
