"""Serving, from the sockets to the last worker's end: the composition root of the supervisor."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
import uvloop

from gateway.ids import uuid7
from gateway.processes.child import Child
from gateway.processes.sockets import store_socket
from gateway.processes.supervisor import Supervisor
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.operate.logs import Lines
    from gateway.processes.keeper import StoreKeeper
    from gateway.processes.view import LeaderView
    from gateway.reload.leader import Leader
    from gateway.reload.numbering import Current

OPEN_FILES = 65_536
"""A connection is an open file; shells often grant 1,024, and more to who asks."""
STORE_ENDS = 10.0
"""Seconds that the store may take to end after the last worker."""


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
    settings = _with_socket(settings)
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
        from gateway.operate.metrics.store_numbers import StoreNumbers
        from gateway.operate.metrics.totals import Totals
        from gateway.operate.store_access import StoreAccess
        from gateway.processes.keeper import keeper_of
        from gateway.processes.view import LeaderView

        self._settings = settings
        self._leader = leader
        self._keeper: StoreKeeper | None = keeper_of(settings)
        if self._keeper is not None:
            self._keeper.gave_up = leader.store_ended
        leader.deciding = self._follow
        self._totals = Totals()
        self._access = StoreAccess(settings, self._problem)
        self._numbers = StoreNumbers(self._access, self._restarts)
        self._view: LeaderView = LeaderView(leader, self._totals, self._numbers)
        self._lines = lines
        leader.expose = self._view.expose
        self._supervisor = Supervisor(
            settings, sockets, leader, self._taken, self._ended, self._drain
        )

    async def run(self, children: Sequence[Child], operators_socket: socket.socket | None) -> None:
        """Until the last worker has ended."""
        self._numbers.loop = asyncio.get_running_loop()
        if operators_socket is not None:
            await self._listen(operators_socket)
        # What was imported stays: collecting it again and again would hold up the probes. What each
        # request of an operator leaves is collected soon: 50,000 objects took seven megabytes.
        gc.collect()
        gc.freeze()
        gc.set_threshold(5_000, 20, 100)
        gc.enable()
        try:
            await self._supervisor.run(children)
        finally:
            if self._keeper is not None:
                self._keeper.stop(STORE_ENDS)

    async def _listen(self, operators_socket: socket.socket) -> None:
        """Answer operators on a listener of their own. What that takes, most supervisors do
        without: the server of the wire and the guards.
        """
        from gateway.operate.request_log import RequestLog
        from gateway.processes.operators import Operators

        log = RequestLog(self._lines, self._settings.log_level)
        operators = Operators(self._settings, self._view, log)
        await operators.listen(operators_socket)
        self._leader.secrets_changed = operators.refresh_secrets

    def _follow(self, current: Current) -> None:
        """Have a store for the runs of a generation, if that has durable hooks."""
        if self._access.kept:
            from gateway.processes.policies import policies_of

            policies = policies_of(current, self._settings.workflow_base)
            self._access.policies = policies
            if self._keeper is not None:
                self._keeper.follow(policies)

    def _problem(self) -> str:
        """Why no run can be stored, or not by each worker."""
        own = "" if self._keeper is None else self._keeper.problem
        return own or self._leader.board.storeless

    def _restarts(self) -> int:
        return 0 if self._keeper is None else self._keeper.restarts

    def _taken(self, child: Child) -> None:
        self._totals.add(child.number, child.memory)

    def _ended(self, child: Child, expected: bool) -> None:
        self._totals.end(child.number)
        self._view.ends += not expected
        if not expected:
            self._numbers.ask_soon()

    def _drain(self) -> None:
        self._view.draining = True


def _with_socket(settings: Settings) -> Settings:
    """The settings with the place where workers find the store, or with what they have in common
    there.
    """
    if settings.store.engine != "sqlite":
        store = msgspec.structs.replace(settings.store, gateway=uuid7())
    elif settings.state is None:
        return settings
    else:
        store = msgspec.structs.replace(settings.store, socket=store_socket(settings.state))
    return msgspec.structs.replace(settings, store=store)


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
