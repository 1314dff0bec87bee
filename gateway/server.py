"""granian, started from Python: sockets, workers, signals, drain."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from gateway.settings import Settings


class Server(MPServer):
    """The supervisor of the workers.

    SIGTERM or SIGINT: the workers stop being ready at once (SIGUSR1) and go on accepting for
    `pre_drain` seconds; then they stop accepting and finish what is in flight within `drain`
    seconds. A second signal ends the wait.
    """

    def __init__(self, settings: Settings) -> None:
        self._pre_drain = settings.pre_drain
        self._draining = False
        super().__init__(
            "gateway.worker",
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            workers=settings.workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            backlog=2048,
            backpressure=settings.limits.in_flight * 4,
            http1_settings=HTTP1Settings(
                header_read_timeout=int(settings.limits.header_timeout * 1000),
                max_buffer_size=64 * 1024,
            ),
            log_enabled=False,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=max(1, round(settings.drain)),
            process_name=None,
        )

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Begin to drain; the second time, stop now."""
        stop = partial(super().signal_handler_interrupt, *args, **kwargs)
        if self._draining or not self._pre_drain:
            stop()
            return
        self._draining = True
        self._tell_workers(signal.SIGUSR1)
        timer = threading.Timer(self._pre_drain, stop)
        timer.daemon = True
        timer.start()

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """SIGHUP means hooks, not processes: it is handed on."""
        self._tell_workers(signal.SIGHUP)

    def _tell_workers(self, number: int) -> None:
        for worker in self.wrks:
            process: Any = worker
            if process.is_alive():
                os.kill(process._id(), number)


def run(settings: Settings, load: Callable[..., Any]) -> None:
    """Serve until told to stop. `load` makes the ASGI app in each worker process."""
    Server(settings).serve(target_loader=partial(load, settings), wrap_loader=False)
