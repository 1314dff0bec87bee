"""Serving, from the sockets to the last worker's end: the composition root of the supervisor."""

from __future__ import annotations

import gc
import resource
import signal
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import uvloop

from gateway.processes.child import Child
from gateway.processes.supervisor import Supervisor
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.operate.logs import Lines
    from gateway.processes.operators import LeaderView, Operators
    from gateway.reload.leader import Leader

OPEN_FILES = 65_536
"""A connection is an open file; shells often grant 1,024, and more to who asks."""


def serve(
    settings: Settings,
    sockets: Sequence[socket.socket],
    operators_socket: socket.socket | None,
    make_leader: Callable[[], Leader],
    lines: Lines | None,
) -> None:
    """Serve until told to stop. `make_leader` is called once the workers have begun to import, so
    that both go on at once; `lines` is where lines of JSON are logged, None for text.
    """
    _allow_open_files()
    # Inherited: the signal waits for a worker that is still importing, and does not end it.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGUSR1,))
    children = [Child(number, one, settings) for number, one in enumerate(sockets)]
    try:
        served = _Served(settings, sockets, make_leader(), lines)
        uvloop.run(served.run(children, operators_socket))
    except BaseException:
        for child in children:
            child.kill()
        raise


class _Served:
    """The parts of the supervisor's process."""

    def __init__(
        self,
        settings: Settings,
        sockets: Sequence[socket.socket],
        leader: Leader,
        lines: Lines | None,
    ) -> None:
        from gateway.operate.metrics.totals import Totals
        from gateway.operate.request_log import RequestLog
        from gateway.processes.operators import LeaderView, Operators

        self._leader = leader
        self._totals = Totals()
        self._view: LeaderView = LeaderView(leader, self._totals)
        log = RequestLog(lines, settings.log_level)
        self._operators: Operators = Operators(settings, self._view, log)
        leader.expose = self._view.expose
        self._supervisor = Supervisor(
            settings, sockets, leader, self._taken, self._ended, self._drain
        )

    async def run(self, children: Sequence[Child], operators_socket: socket.socket | None) -> None:
        """Until the last worker has ended."""
        if operators_socket is not None:
            await self._operators.listen(operators_socket)
            self._leader.secrets_changed = self._operators.refresh_secrets
        # What was imported stays: collecting it again and again would hold up the probes.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        gc.enable()
        await self._supervisor.run(children)

    def _taken(self, child: Child) -> None:
        self._totals.add(child.number, child.memory)

    def _ended(self, child: Child, expected: bool) -> None:
        self._totals.end(child.number)
        self._view.ends += not expected

    def _drain(self) -> None:
        self._view.draining = True


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
