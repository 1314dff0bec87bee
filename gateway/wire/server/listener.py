"""Accepting connections, and letting them end."""

from __future__ import annotations

import asyncio
import socket
from functools import partial

from gateway.wire.server.connection import Connection
from gateway.wire.server.connections import Connections, Limited
from gateway.wire.server.limits import ServerLimits
from gateway.wire.server.phase import STATES
from gateway.wire.server.refused import Refuse
from gateway.wire.server.request import App

BURST = 64
"""Connections accepted in one go, so that those that are open get their turn."""
RETRY = 1.0
"""Seconds until accepting is tried again where the system has no more descriptors."""


class Listener:
    """A socket's connections. All methods are for the loop's own thread.

    `accepted` and `refused` (by code) only grow; `states` tells what is open now.
    """

    def __init__(self, connections: Connections, sock: socket.socket) -> None:
        self._connections = connections
        self._sock = sock
        self._loop = connections.loop
        self._adopted: set[asyncio.Task[None]] = set()
        self._accepting = False
        self._empty = asyncio.Event()
        connections.ended = self._one_ended
        sock.setblocking(False)
        self._resume()

    @property
    def accepted(self) -> int:
        """Connections accepted so far."""
        return self._connections.accepted

    @property
    def refused(self) -> dict[str, int]:
        """Answers that the server gave by itself, by code."""
        return dict(self._connections.refused)

    def states(self) -> dict[str, int]:
        """How many connections are idle, reading, busy and writing now."""
        found = dict.fromkeys(("idle", "reading", "busy", "writing"), 0)
        for connection in self._connections.open:
            found[STATES[connection.phase]] += 1
        return found

    def drain(self) -> None:
        """Stop accepting, end what is idle; what is in work is answered with a close."""
        self._connections.draining = True
        self._stop()
        for connection in list(self._connections.open):
            if not connection.in_work:
                connection.close()
        self._one_ended()

    async def wait_closed(self) -> None:
        """Return when, after `drain`, no connection is open any more."""
        await self._empty.wait()

    def close(self) -> None:
        """End everything now; requests in work are cancelled."""
        self._connections.draining = True
        self._stop()
        self._connections.stop()
        for connection in list(self._connections.open):
            connection.abort()

    def _stop(self) -> None:
        self._pause()
        self._sock.close()

    def _pause(self) -> None:
        if self._accepting:
            self._accepting = False
            self._loop.remove_reader(self._sock)

    def _resume(self) -> None:
        if not self._accepting and not self._connections.draining:
            self._accepting = True
            self._loop.add_reader(self._sock, self._accept)

    def _one_ended(self) -> None:
        if self._connections.draining:
            if not self._connections.open and not self._adopted:
                self._empty.set()
        elif not self._accepting:
            self._resume()

    def _accept(self) -> None:
        for number in range(BURST):
            if self._is_full():
                # Only the first is known to wait; for further ones this is called again.
                if number:
                    return
                if not self._connections.make_room():
                    self._pause()
                    return
            try:
                sock, _ = self._sock.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError:
                self._pause()
                self._loop.call_later(RETRY, self._resume)
                return
            self._adopt(sock)

    def _is_full(self) -> bool:
        connections = self._connections
        return len(connections.open) + len(self._adopted) >= connections.limits.connections

    def _adopt(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        task = self._loop.create_task(self._connect(sock))
        self._adopted.add(task)
        task.add_done_callback(self._settled)

    def _settled(self, task: asyncio.Task[None]) -> None:
        self._adopted.discard(task)
        self._one_ended()

    async def _connect(self, sock: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(partial(Connection, self._connections), sock)
        except OSError:  # it left before it was here
            sock.close()


async def serve(
    app: App,
    sock: socket.socket,
    limits: ServerLimits,
    refuse: Refuse,
    limited: Limited | None = None,
) -> Listener:
    """Serve an ASGI app on a listening socket, which the listener closes.

    `limited` tells for which peers `limits.per_client` holds; by default for all.
    """
    return Listener(Connections(app, limits, refuse, limited), sock)
