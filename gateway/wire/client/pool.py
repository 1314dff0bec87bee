"""The connections to one server."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from time import monotonic

from gateway.wire.client.connection import Connection
from gateway.wire.client.dial import dial
from gateway.wire.client.endpoint import Endpoint
from gateway.wire.client.errors import CallError, Late, Untrusted
from gateway.wire.client.lookup import Lookup
from gateway.wire.client.reply import Reply
from gateway.wire.client.sweeper import Sweeper
from gateway.wire.client.tls import Identity

KEEPALIVE = 1.5
"""Seconds that an idle connection is kept: fewer than servers keep theirs (gunicorn 2, Node,
uvicorn and Apache 5), because a request on a connection that the server closes at that very
moment is lost, and nothing is ever sent twice.
"""
MAX_IDLE = 128
"""Idle connections to one server."""
GOODBYE = 1.0
"""Seconds that a server has to answer the end of TLS."""
_CODES = re.compile(r"^\[[^]]*\] | \(_ssl\.c:\d+\)$")
"""What the text of an error has around its words: numbers, and places in OpenSSL's code."""


Failure = Callable[[CallError, float, int], Exception]
"""What is raised instead of an error of a call: of (error, seconds, limit)."""


class Pool:
    """Sends requests to one server. Made by `Client.pool`, which closes it."""

    __slots__ = ("__weakref__", "_endpoint", "_identity", "_idle", "_lookup", "_sweeper")

    def __init__(
        self, endpoint: Endpoint, identity: Identity | None, lookup: Lookup, sweeper: Sweeper
    ) -> None:
        self._endpoint = endpoint
        self._identity = identity
        self._lookup = lookup
        self._sweeper = sweeper
        self._idle: deque[Connection] = deque()

    async def send(
        self,
        head: bytes,
        body: bytes,
        seconds: float,
        limit: int,
        failure: Failure | None = None,
    ) -> Reply:
        """Send a request, once, and give its whole answer, of any final status.

        `seconds` is the deadline for everything: look-up, connection, TLS, head and body. `limit`
        is how many bytes the body of the answer may have. A cancelled call ends its connection.
        Raises CallError, or what `failure` makes of one.
        """
        connection = self._take(monotonic())
        future: asyncio.Future[Reply] | None = None
        left = seconds
        try:
            if connection is None:
                loop = asyncio.get_running_loop()
                deadline = loop.time() + seconds
                connection = await self._connect_until(deadline)
                left = deadline - loop.time()
            # Not of the running loop: to ask for it is a call to the system.
            future = connection.loop.create_future()
            connection.send(head, body, future, left, limit)
            return await future
        except BaseException as error:
            if connection is not None and future is not None:
                connection.give_up(future)
            if failure is not None and isinstance(error, CallError):
                raise failure(error, seconds, limit) from error
            raise
        finally:
            # An error holds this frame, and the future the error: garbage of a circle comes late.
            del future, connection

    def keep(self, connection: Connection) -> None:
        """Take back a connection whose answer is whole."""
        if len(self._idle) >= MAX_IDLE or self._sweeper.closed:
            connection.close()
            return
        if not self._idle:
            self._sweeper.watch(self)
        connection.idle_since = monotonic()
        self._idle.append(connection)

    def forget(self, connection: Connection) -> None:
        """An idle connection has ended."""
        if connection in self._idle:
            self._idle.remove(connection)

    def sweep(self, now: float) -> bool:
        """Close what was idle for too long; whether any connection is left."""
        idle = self._idle
        while idle and now - idle[0].idle_since >= KEEPALIVE:
            idle.popleft().close()
        return bool(idle)

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop().close()

    def _take(self, now: float) -> Connection | None:
        """The connection that was used last and can be used again."""
        identity = self._identity
        context = None if identity is None else identity.context
        while self._idle:
            connection = self._idle.pop()
            fresh = now - connection.idle_since < KEEPALIVE and connection.context is context
            if fresh and not connection.dead():
                return connection
            connection.close()
        return None

    async def _connect_until(self, deadline: float) -> Connection:
        try:
            async with asyncio.timeout_at(deadline):
                return await self._connect()
        except TimeoutError:
            raise Late from None

    async def _connect(self) -> Connection:
        endpoint, identity = self._endpoint, self._identity
        context = None if identity is None else identity.context
        if context is None and identity is not None:
            raise Untrusted("the client certificate is missing")
        sock = await dial(await self._lookup(endpoint.host, endpoint.port))
        connection = Connection(self, sock, context)
        connect = asyncio.get_running_loop().create_connection
        if context is None:
            await connect(lambda: connection, sock=sock)
            return connection
        name = endpoint.host.removesuffix(".")
        try:
            await connect(
                lambda: connection,
                sock=sock,
                ssl=context,
                server_hostname=name,
                ssl_shutdown_timeout=GOODBYE,
            )
        except OSError as error:
            raise Untrusted(_CODES.sub("", str(error))) from error
        return connection
