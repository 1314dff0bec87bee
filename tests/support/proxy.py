"""A TCP proxy before a server, which a test may cut, and which may speak TLS."""

from __future__ import annotations

import asyncio
import ssl
import threading
from contextlib import suppress
from typing import Any

from tests.support.ports import free_port

_ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")
"""PostgreSQL's SSLRequest."""


class Proxy:
    """Listens on a port and hands on what comes, in both directions, while it is whole. With a
    `certificate` it speaks TLS as a server of PostgreSQL does, for one that cannot.
    """

    def __init__(self, port: int, certificate: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.encrypted = 0
        """How many connections were encrypted."""
        self._to = port
        self._certificate = certificate
        self._silent = threading.Event()
        self._refuses = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[Any]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(),), daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def lose(self) -> None:
        """From now on nothing arrives, and nobody is told: what was on its way is lost as well."""
        self._silent.set()

    def refuse(self) -> None:
        """From now on each connection ends at once, those that there are among them."""
        self._refuses.set()
        self._end_all()

    def mend(self) -> None:
        """Connections come about again. Those on which something was lost end."""
        self._silent.clear()
        self._refuses.clear()
        self._end_all()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(10)

    def _end_all(self) -> None:
        def end() -> None:
            for writer in list(self._writers):
                writer.transport.abort()

        self._loop.call_soon_threadsafe(end)

    async def _run(self) -> None:
        self._loop, self._closing = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._serve, "127.0.0.1", self.port):
            self._ready.set()
            await self._closing.wait()
            for writer in list(self._writers):
                writer.transport.abort()
            # Those that served them see it.
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._writers.add(writer)
        with suppress(OSError, asyncio.IncompleteReadError):
            if not self._refuses.is_set():
                await self._connect(reader, writer)
        writer.transport.abort()
        self._writers.discard(writer)
        self._serving.discard(task)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.readexactly(8)
        if self._certificate is not None and first == _ASKS_FOR_TLS:
            writer.write(b"S")
            await writer.start_tls(self._certificate)
            self.encrypted += 1
            first = b""
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers.add(back)
        back.write(first)
        try:
            await asyncio.gather(self._hand_on(reader, back), self._hand_on(there, writer))
        finally:
            back.transport.abort()
            self._writers.discard(back)

    async def _hand_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if not self._silent.is_set():
                    writer.write(data)
                    await writer.drain()
        writer.transport.abort()
