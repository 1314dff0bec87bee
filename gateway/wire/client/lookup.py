"""Addresses of host names, remembered for seconds and looked up off the loop."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from itertools import zip_longest
from typing import Any, NamedTuple

from gateway.wire.client.errors import CallError, HostNotFound

FRESH = 10.0
"""Seconds that the addresses of a host are used without another look-up."""
ABSENT = 1.0
"""Seconds that a host is believed not to be there."""
AT_ONCE = 32
"""Threads that look up: uvloop's four would all wait for the first names that never answer."""
MOST = 1024
"""Hosts that are remembered."""
ADDRESSES = 8
"""Addresses of a host that are tried."""


class Address(NamedTuple):
    """What a socket is made of and connects to."""

    family: int
    place: tuple[Any, ...]


Addresses = tuple[Address, ...]
Resolve = Callable[[str, int], Addresses]


def system(host: str, port: int) -> Addresses:
    """What the system's resolver says, in its order (RFC 6724), families taking turns (RFC 8305).

    It blocks. Raises OSError.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    places = list(dict.fromkeys(Address(family, place) for family, _, _, _, place in found))
    first = [one for one in places if one.family == places[0].family]
    second = [one for one in places if one.family != places[0].family]
    turns = (one for pair in zip_longest(first, second) for one in pair if one is not None)
    return tuple(turns)[:ADDRESSES]


class Lookup:
    """One look-up at a time for each host and port; whoever else asks waits for the same."""

    def __init__(self, resolve: Resolve = system) -> None:
        self._resolve = resolve
        self._known: dict[tuple[str, int], tuple[float, Addresses | CallError]] = {}
        self._flights: dict[tuple[str, int], asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, host: str, port: int) -> Addresses:
        """The addresses to try, in order. Raises HostNotFound."""
        if (literal := _literal(host, port)) is not None:
            return literal
        key = (host, port)
        until, found = self._known.get(key, (float("-inf"), ()))
        if until <= asyncio.get_running_loop().time():
            if key not in self._flights:
                self._flights[key] = asyncio.create_task(self._look(key))
            # Whoever gives up does not end it for the others.
            await asyncio.shield(self._flights[key])
            _, found = self._known[key]
        if isinstance(found, CallError):
            raise HostNotFound(*found.args)
        return found

    async def close(self) -> None:
        """Give up the look-ups that are on their way."""
        flights = tuple(self._flights.values())
        for flight in flights:
            flight.cancel()
        if flights:
            await asyncio.wait(flights)

    async def _look(self, key: tuple[str, int]) -> None:
        found: Addresses | CallError
        try:
            async with self._turns:
                found, kept = await self._in_thread(*key), FRESH
        except (OSError, UnicodeError) as error:
            found, kept = HostNotFound(str(error)), ABSENT
        finally:
            del self._flights[key]
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = asyncio.get_running_loop().time() + kept, found

    async def _in_thread(self, host: str, port: int) -> Addresses:
        """A thread that nobody waits for at the end: a look-up can take half a minute."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Addresses] = loop.create_future()

        def settle(found: Addresses | Exception) -> None:
            if future.done():
                return
            if isinstance(found, Exception):
                future.set_exception(found)
            else:
                future.set_result(found)

        def look() -> None:
            try:
                found: Addresses | Exception = self._resolve(host, port)
            except Exception as error:
                found = error
            with suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(settle, found)

        threading.Thread(target=look, name="lookup", daemon=True).start()
        return await future


def _literal(host: str, port: int) -> Addresses | None:
    """The address that a host is by itself."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if address.version == 4:
        return (Address(socket.AF_INET, (host, port)),)
    return (Address(socket.AF_INET6, (host, port, 0, 0)),)
