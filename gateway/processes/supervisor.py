"""Who starts the workers, replaces those that end, and ends them all in order."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection
from typing import Any, Literal, Protocol

import structlog

from gateway.processes.child import Child
from gateway.processes.watch import Watch
from gateway.settings import Settings

BACKOFF = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds before a worker is started again, by how many before it ended young."""
GROWN = 60.0
"""Seconds after which the end of a worker has nothing to do with its start."""
_log = structlog.get_logger("gateway")


class Leader(Protocol):
    """Whom the workers follow, as far as the supervisor knows: `reload.leader.Leader`."""

    def start(self) -> None:
        """Begin to look."""

    def stop(self) -> None:
        """Look no more."""

    def wake(self) -> None:
        """Look again."""

    def link(self, worker: int, connection: Connection[Any, Any]) -> None:
        """Follow a worker that was started."""


class Supervisor:
    """Keeps one worker for each socket.

    SIGTERM or SIGINT: the gateway is not ready any more and goes on accepting for `pre_drain`
    seconds; then the workers stop accepting and finish what is in flight within `drain` seconds.
    Each further signal ends the wait that it finds. SIGHUP: the leader looks again.
    `taken` is called with each worker that was started, `ended` with each that has ended and
    whether it was told to, `draining` when the stop begins.
    """

    def __init__(
        self,
        settings: Settings,
        sockets: Sequence[socket.socket],
        leader: Leader,
        taken: Callable[[Child], None] = lambda _child: None,
        ended: Callable[[Child, bool], None] = lambda _child, _expected: None,
        draining: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._sockets = list(sockets)
        self._leader = leader
        self._taken = taken
        self._ended = ended
        self._draining = draining
        self._children: dict[int, Child] = {}
        self._young = [0] * len(self._sockets)
        self._phase: Literal["serving", "draining", "stopping", "killing"] = "serving"
        self._wait: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()

    async def run(self, children: Iterable[Child]) -> None:
        """Until every worker has ended because it was told to. `children` were started before."""
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self.stop)
        self._loop.add_signal_handler(signal.SIGHUP, self._leader.wake)
        for child in children:
            self._take(child)
        self._leader.start()
        watching = self._loop.create_task(Watch(self._children, self._settings.limits.still).run())
        try:
            await self._over.wait()
        finally:
            watching.cancel()
            self._each(signal.SIGKILL)
            self._leader.stop()

    def stop(self) -> None:
        """Begin to stop, or end the wait that is under way."""
        if self._wait is not None:
            self._wait.cancel()
        self._draining()
        if self._phase == "serving" and self._settings.pre_drain:
            self._drain()
        elif self._phase in ("serving", "draining"):
            self._finish()
        else:
            self._kill("a worker is killed after a further signal", _log.info)

    def _drain(self) -> None:
        self._phase = "draining"
        self._each(signal.SIGUSR1)
        self._wait = self._loop.call_later(self._settings.pre_drain, self._finish)

    def _finish(self) -> None:
        self._phase = "stopping"
        for one in self._sockets:
            one.close()
        self._each(signal.SIGTERM)
        # A worker cuts what is not finished itself; one that cannot is killed a second later.
        self._wait = self._loop.call_later(
            self._settings.drain + 1, self._kill, "a worker did not end in time and is killed"
        )
        self._end_if_alone()

    def _kill(self, event: str, log: Callable[..., object] = _log.warning) -> None:
        self._phase = "killing"
        for child in self._children.values():
            log(event, process=child.process)
        self._each(signal.SIGKILL)

    def _each(self, number: int) -> None:
        for child in self._children.values():
            child.signal(number)

    def _take(self, child: Child) -> None:
        self._children[child.number] = child
        self._taken(child)
        self._leader.link(child.number, child.connection)
        child.watch(self._tell)

    def _tell(self, child: Child) -> None:
        """From the thread that waits for the worker's end."""
        self._loop.call_soon_threadsafe(self._lost, child)

    def _lost(self, child: Child) -> None:
        del self._children[child.number]
        self._ended(child, self._phase != "serving")
        child.close()
        if self._phase != "serving":
            # A signal to the whole process group ends the workers before they are told to end.
            self._end_if_alone()
            return
        pause = self._pause(child)
        _log.error(
            "a worker ended unexpectedly; another one is started",
            process=child.process,
            ending=child.ending,
            seconds=pause,
        )
        self._loop.call_later(pause, self._replace, child.number)

    def _pause(self, child: Child) -> float:
        """Seconds until another one is started: none after a long life."""
        if time.monotonic() - child.started > GROWN:
            self._young[child.number] = 0
        pause = BACKOFF[min(self._young[child.number], len(BACKOFF) - 1)]
        self._young[child.number] += 1
        return pause

    def _replace(self, number: int) -> None:
        if self._phase != "serving":
            return
        try:
            child = Child(number, self._sockets[number], self._settings)
        except OSError as error:
            _log.error("a worker cannot be started", reason=str(error))
            self._loop.call_later(BACKOFF[-1], self._replace, number)
            return
        self._take(child)

    def _end_if_alone(self) -> None:
        if not self._children:
            self._over.set()
