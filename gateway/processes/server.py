"""granian, started from Python: sockets, workers, signals, drain; the leader runs beside it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import wait
from typing import Any

import structlog
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from gateway.reload.leader import Leader
from gateway.settings import Settings

_log = structlog.get_logger("gateway")
OPEN_FILES = 65_536
"""A connection is an open file; shells often grant 1,024, and more to who asks."""


class Server(MPServer):
    """The supervisor of the workers.

    Each worker, a respawned one too, is started with its end of a pipe to the leader. SIGHUP
    makes the leader look again. SIGTERM or SIGINT: the workers stop being ready at once (SIGUSR1)
    and go on accepting for `pre_drain` seconds; then they stop accepting and finish what is in
    flight within `drain` seconds. Each further signal ends the wait that it finds.
    """

    def __init__(self, settings: Settings, leader: Leader) -> None:
        self._leader = leader
        self._pre_drain = settings.pre_drain
        self._draining = False
        self._stopping = False
        super().__init__(
            "gateway.processes.worker",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            backlog=2048,
            backpressure=settings.limits.connections,
            http1_settings=HTTP1Settings(
                header_read_timeout=int(settings.limits.header_timeout * 1000),
                max_buffer_size=64 * 1024,
            ),
            log_level=LogLevels.warning,
            # Its warnings (a worker that died, one that had to be killed) become lines of ours.
            log_dictconfig={"handlers": {}, "loggers": {"_granian": {"propagate": True}}},
            respawn_failed_workers=True,
            workers_kill_timeout=max(1, round(settings.drain)),
            process_name=None,
        )

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]
        return super()._spawn_worker(idx, target, partial(callback_loader, self._leader.link(idx)))

    def _spawn_workers(self, spawn_target: Any, target_loader: Any) -> None:
        super()._spawn_workers(spawn_target, target_loader)  # type: ignore[no-untyped-call]
        self._leader.hand_over()

    def _respawn_workers(self, *args: Any, **kwargs: Any) -> None:
        _log.error("a worker ended unexpectedly; another takes its place")
        super()._respawn_workers(*args, **kwargs)
        self._leader.hand_over()

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Begin to drain; later, end the wait that is under way."""
        if self._stopping:
            for worker in self.wrks:
                process: Any = worker
                process.kill()
        elif self._draining or not self._pre_drain:
            self._stop(*args, **kwargs)
        else:
            self._draining = True
            self._expect_ends()
            self._tell_workers(signal.SIGUSR1)
            threading.Thread(target=self._stop_later, daemon=True).start()

    def _stop_later(self) -> None:
        """Stop when the time is up, or when no worker is left: a signal to the whole process group
        ends them at once.
        """
        deadline = time.monotonic() + self._pre_drain
        processes: list[Any] = list(self.wrks)
        left = {process.inner.sentinel for process in processes}
        while left and (rest := deadline - time.monotonic()) > 0:
            left.difference_update(wait(left, rest))
        self._stop()

    def _expect_ends(self) -> None:
        """A worker that ends from now on was told to."""
        for worker in self.wrks:
            process: Any = worker
            process.interrupt_by_parent = True

    def _stop(self, *args: Any, **kwargs: Any) -> None:
        self._stopping = True
        self._expect_ends()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """SIGHUP means hooks, not processes."""
        self._leader.wake()

    def _tell_workers(self, number: int) -> None:
        for worker in self.wrks:
            process: Any = worker
            if process.is_alive():
                os.kill(process._id(), number)


def run(settings: Settings, leader: Leader, load: Callable[..., Any]) -> None:
    """Serve until told to stop. `load` makes the ASGI app in each worker process, from the
    settings and the worker's end of the pipe.
    """
    _allow_open_files()
    # A forked worker would inherit the locks of the leader's threads as they are at that moment.
    multiprocessing.set_start_method("spawn", force=True)
    # A worker would run the script of the command again, and keep all that it imports.
    vars(sys.modules["__main__"]).pop("__file__", None)
    # Inherited: a worker that is not set up yet is not ended by a signal it cannot understand.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    leader.start()
    try:
        Server(settings, leader).serve(target_loader=partial(load, settings), wrap_loader=False)
    finally:
        leader.stop()


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
