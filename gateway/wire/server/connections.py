"""All connections of a server: what they share, how many may be open, and the sweep that ends
those that are late.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from typing import Protocol, cast

from gateway.wire.server.limits import ServerLimits
from gateway.wire.server.phase import HEAD
from gateway.wire.server.refused import Address, AnswerFields, Refuse, Refused, RequestHead
from gateway.wire.server.request import App

Limited = Callable[[str], bool]
"""Whether `ServerLimits.per_client` holds for a peer's address; false for trusted proxies."""
TOO_MANY = Refused(
    503, "too-many-connections", "Too many connections are open from this address; close some."
)
PLAIN: AnswerFields = ((b"content-type", b"text/plain"),)


class Open(Protocol):
    """A connection as its server sees it."""

    client: Address | None
    client_key: bytes
    deadline: float
    phase: int

    @property
    def in_work(self) -> bool:
        """Whether a request or a part of one is here."""

    def late(self) -> None:
        """The deadline has passed."""

    def close(self) -> None:
        """End with nothing more to say."""

    def abort(self) -> None:
        """End now."""


class Connections:
    """The open connections of one loop. `accepted` and `refused` (by code) only grow."""

    def __init__(
        self, app: App, limits: ServerLimits, refuse: Refuse, limited: Limited | None = None
    ) -> None:
        self.app = app
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.open: dict[Open, None] = {}
        """In the order in which they were accepted."""
        self.idle: dict[Open, None] = {}
        """Those between two requests, the longest idle first."""
        self.accepted = 0
        self.refused: Counter[str] = Counter()
        self.draining = False
        self.ended: Callable[[], None] = _nothing
        """Called whenever a connection ended."""
        self._refuse = refuse
        self._limited = limited
        self._clients: Counter[bytes] = Counter()
        self._second = 0
        self.tick()

    def tick(self) -> None:
        """The sweep: the clock and the Date that requests share, and who is late."""
        self._timer = self.loop.call_later(self.limits.tick, self.tick)
        self.now = now = self.loop.time()
        self.date = f"date: {formatdate(usegmt=True)}\r\n".encode()
        for connection in [one for one in self.open if one.deadline <= now]:
            try:
                connection.late()
            except Exception as error:  # the others' deadlines hold all the same
                self.report(error)
                connection.abort()

    def stop(self) -> None:
        """End the sweep."""
        self._timer.cancel()

    def after(self, seconds: float) -> float:
        """A deadline that is `seconds` from now or, as the clock has ticks, a little more."""
        return self.now + seconds + self.limits.tick

    def admit(self, connection: Open) -> bool:
        """Count a new connection in; False where its address has too many."""
        self.accepted += 1
        self.open[connection] = None
        key = connection.client_key = self._key(connection)
        self._clients[key] += 1
        most = self.limits.per_client
        return not (key and most and self._clients[key] > most)

    def forget(self, connection: Open) -> None:
        """Count a connection out."""
        self.open.pop(connection, None)
        self.leave_idle(connection)
        key = connection.client_key
        self._clients[key] -= 1
        if not self._clients[key]:
            del self._clients[key]
        self.ended()

    def leave_idle(self, connection: object) -> None:
        """Take a connection out of the idle ones, where it is one of them."""
        cast("dict[object, None]", self.idle).pop(connection, None)

    def _key(self, connection: Open) -> bytes:
        """What counts as one client; empty for what is not limited."""
        client = connection.client
        if client is None or not self.limits.per_client:
            return b""
        if self._limited is not None and not self._limited(client[0]):
            return b""
        return client_key(client[0])

    def make_room(self) -> bool:
        """End the longest idle connection; False where there is none that may end."""
        found = next(iter(self.idle), None)
        if found is None and self.limits.heads_yield:
            found = next((one for one in self.open if one.phase == HEAD), None)
        if found is not None:
            found.close()
        return found is not None

    def worded(self, refused: Refused, head: RequestHead) -> tuple[int, AnswerFields, bytes]:
        """The answer to what is refused. Never raises."""
        self.refused[refused.code] += 1
        try:
            return self._refuse(refused.status, refused.code, refused.detail, head)
        except Exception as error:
            self.report(error)
            return refused.status, PLAIN, refused.detail.encode()

    def report(self, error: Exception) -> None:
        """Tell the loop's exception handler of a fault of the app."""
        self.loop.call_exception_handler(
            {"message": "A request ended with an exception.", "exception": error}
        )


def client_key(address: str) -> bytes:
    """An IPv4 address, or the /64 of an IPv6 one: the least that a network gives to one client."""
    if ":" not in address:
        return address.encode()
    try:
        packed = socket.inet_pton(socket.AF_INET6, address.partition("%")[0])
    except OSError:
        return address.encode()
    if packed.startswith(bytes(10) + b"\xff\xff"):
        return socket.inet_ntoa(packed[12:]).encode()
    return packed[:8]


def _nothing() -> None:
    pass
