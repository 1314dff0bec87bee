"""Serving, from the sockets to the last worker's end: the composition root of the supervisor."""

from __future__ import annotations

import resource
import signal
import socket
from collections.abc import Callable, Sequence

import uvloop

from gateway.processes.child import Child
from gateway.processes.supervisor import Leader, Supervisor
from gateway.settings import Settings

OPEN_FILES = 65_536
"""A connection is an open file; shells often grant 1,024, and more to who asks."""


def serve(
    settings: Settings, sockets: Sequence[socket.socket], make_leader: Callable[[Settings], Leader]
) -> None:
    """Serve until told to stop. `make_leader` is called once the workers have begun to import, so
    that both go on at once.
    """
    _allow_open_files()
    # Inherited: a worker that is not set up yet is not ended by a signal it cannot understand.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    children = [Child(number, one, settings) for number, one in enumerate(sockets)]
    try:
        leader = make_leader(settings)
        supervisor = Supervisor(settings, sockets, leader)
    except BaseException:
        for child in children:
            child.kill()
        raise
    uvloop.run(supervisor.run(children))


def _allow_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
