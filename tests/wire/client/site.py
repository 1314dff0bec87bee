"""Servers that do as a test says, on the loop of the test, and calls to them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import uvloop

from gateway.wire.client import Client, Endpoint, Pool, Reply

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
FINE = OK + b"Content-Length: 4\r\n\r\nfine"
LIMIT = 1000
RUNS: dict[str, Callable[[Coroutine[Any, Any, None]], None]] = {
    "asyncio": asyncio.run,
    "uvloop": uvloop.run,
}

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter, int], Awaitable[None]]
"""What a server does with a connection, given how many there were before."""


class Server:
    """A server that counts what it is asked: `requests` are heads, `connections` all there were."""

    def __init__(self, script: Script) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = asyncio.Event()
        self.port = 0
        self._script = script
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection to its end."""
        number, self.connections = self.connections, self.connections + 1
        if task := asyncio.current_task():
            self._tasks.add(task)
        try:
            await self._script(reader, writer, number)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()
            self.ended.set()

    async def end(self) -> None:
        """End what is still being served: nothing of it is left for the next test."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)
        await asyncio.sleep(0)  # A transport lets go of its socket in the turn after it is closed.

    async def request(self, reader: asyncio.StreamReader) -> bytes:
        """Read the head of a request, and count it."""
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head)
        return head


@asynccontextmanager
async def serving(
    script: Callable[[Server], Script], context: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """A server on a port of this machine."""

    async def late(*given: Any) -> None:
        await made(*given)

    server = Server(late)
    made = script(server)
    listener = await asyncio.start_server(server, "127.0.0.1", 0, ssl=context)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        await server.end()


def answering(*answers: bytes, stay: bool = True) -> Callable[[Server], Script]:
    """Answers the requests of each connection with these bytes in turn, the last for ever after;
    `stay` is whether the connection stays open behind them.
    """

    def script(server: Server) -> Script:
        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _number: int
        ) -> None:
            turn = 0
            while True:
                await server.request(reader)
                writer.write(answers[min(turn, len(answers) - 1)])
                await writer.drain()
                turn += 1
                if not stay:
                    return

        return serve

    return script


@asynccontextmanager
async def calling(port: int, host: str = "127.0.0.1") -> AsyncIterator[Pool]:
    """A pool for a server on this machine."""
    client = Client()
    try:
        yield client.pool(Endpoint.of(f"http://{host}:{port}/"))
    finally:
        await client.close()


async def get(pool: Pool, seconds: float = 10.0, head: bytes = GET, body: bytes = b"") -> Reply:
    """One call with a limit of LIMIT bytes."""
    return await pool.send(head, body, seconds, LIMIT)
