"""A real workflow endpoint: it records what it receives, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

StreamHandler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Received:
    """One request as the workflow saw it, when its clock said `at`; header names in lower case."""

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.at = time.monotonic()

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class Workflow:
    """An HTTP/1.1 server on a thread of its own. The path chooses what it does:

    `/run/…` echoes, `/status/<code>` answers it, `/raw/<name>` answers the bytes of `raws[name]`
    and closes, `/keep/<name>` answers them and stays, `/flaky/<n>` answers 503 to all but every
    nth request, `/second` never answers a second request of a connection, `/hang` never answers,
    `/reset` resets the connection, `/huge` and `/drip` send without end, fast and slowly, `/gate`
    answers when `gate` is set, `/slow/<n>` after n milliseconds.

    With a `context` it speaks TLS; `callers` are the names in the certificates that it was shown.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.callers: list[str] = []
        self._context = context
        self.raws: dict[str, bytes] = {}
        self.flaky = 0
        self.gate = threading.Event()
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """The base of the endpoints' URLs."""
        scheme = "http" if self._context is None else "https"
        return f"{scheme}://127.0.0.1:{self.port}"

    def start(self) -> Workflow:
        """Listen on a free port."""
        self._thread.start()
        self._ready.wait(10)
        return self

    def stop(self) -> None:
        """Close everything."""
        self.gate.set()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        # What is cut off from here on is no fault.
        self._loop.set_exception_handler(lambda _loop, _context: None)
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served = 0
        if certificate := writer.get_extra_info("peercert"):
            self.callers.append(certificate["subjectAltName"][0][1])
        try:
            while (request := await _read_request(reader)) is not None:
                self.received.append(request)
                served += 1
                if request.target == "/second" and served > 1:
                    break
                await self._answer(request, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, request: Received, writer: asyncio.StreamWriter) -> None:
        kind, _, name = request.target.split("?")[0].lstrip("/").partition("/")
        if kind == "run":
            writer.write(_response(200, _echo(request)))
        elif kind == "status":
            writer.write(_response(int(name), b'{"secret": "of the workflow"}'))
        elif kind in ("raw", "keep", "second"):
            if kind == "raw":
                _end_with_the_answer(writer)
            writer.write(self.raws.get(name, _response(200, b"{}")))
            await writer.drain()
            if kind == "raw":
                raise ConnectionError
        elif kind == "slow":
            await asyncio.sleep(int(name) / 1000)
            writer.write(_response(200, b"{}"))
        elif kind == "flaky":
            self.flaky += 1
            writer.write(_response(503 if self.flaky % int(name) else 200, b"{}"))
        else:
            await getattr(self, f"_{kind}")(writer)
        await writer.drain()

    async def _hang(self, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3600)

    async def _reset(self, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()
        raise ConnectionError

    async def _huge(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
        while not writer.is_closing():
            writer.write(chunk)
            await writer.drain()

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async def _gate(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.gate.wait, 30)
        writer.write(_response(200, b'{"gate": "open"}'))


def _end_with_the_answer(writer: asyncio.StreamWriter) -> None:
    """Let the close travel in the answer's packet: whoever has the answer can see the close."""
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("utf-8", "surrogateescape")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.split("\r\n")[:-2]
    method, target, _ = first.split(" ")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, target, headers, body)


def _echo(request: Received) -> bytes:
    received: Any = request.body.decode("utf-8", "replace")
    plain = "content-encoding" not in request.headers
    if plain and request.headers.get("content-type") == "application/json":
        received = json.loads(request.body)
    return json.dumps({"workflow": request.target, "received": received}).encode()


def _response(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
