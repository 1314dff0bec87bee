"""A workflow endpoint that writes down each request, and is faulty where it is told to be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SLOW_SECONDS = 1.5
"""How long the slow fault takes; the hook gives the workflow one second."""


class Ledger:
    """How often the workflow was started by each request, by the request's number."""

    def __init__(self) -> None:
        self._times = bytearray()

    def enter(self, number: int) -> None:
        """The workflow was started."""
        if number >= len(self._times):
            self._times.extend(bytes(number + 65536 - len(self._times)))
        self._times[number] += 1

    def times(self, number: int) -> int:
        """How often the request `number` started the workflow."""
        return self._times[number] if number < len(self._times) else 0

    @property
    def most(self) -> int:
        """How often the request that came most often came."""
        return max(self._times, default=0)


@asynccontextmanager
async def serving(ledger: Ledger) -> AsyncIterator[int]:
    """Listen, and give the port. Half of what `/faulty` answers is well; the rest is late, a 500, a
    close and a reset in turn.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await _exchange(reader, writer, ledger):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ledger: Ledger
) -> bool:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    number = json.loads(await reader.readexactly(length))["number"]
    ledger.enter(number)
    if b" /faulty " not in head or number % 8 > 3:
        return _answer(writer, 200, b'{"number":%d}' % number)
    if number % 4 == 0:
        await asyncio.sleep(SLOW_SECONDS)
        return _answer(writer, 200, b"{}")
    if number % 4 == 1:
        return _answer(writer, 500, b"{}")
    if number % 4 == 2:
        writer.transport.abort()
    return False


def _answer(writer: asyncio.StreamWriter, status: int, body: bytes) -> bool:
    head = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % (status, len(body)) + body)
    return True
