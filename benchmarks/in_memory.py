"""Whole requests through the server, a hook and the client, without sockets between them."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from gateway.compile.hook import Hook
from gateway.language.spec import Hook as Spec
from gateway.runtime.runtime import Runtime
from gateway.serve.client import ClientFinder
from gateway.serve.generation import Generation
from gateway.serve.served import Served
from gateway.serve.server import server_limits
from gateway.serve.switch import Switch
from gateway.serve.unrouted import Unrouted
from gateway.settings import Settings
from gateway.wire.client.connection import Connection as ToWorkflow
from gateway.wire.client.endpoint import Endpoint
from gateway.wire.server.connection import Connection
from gateway.wire.server.connections import Connections

_URL = "http://127.0.0.1:9/run"
_REPLY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
_REPLY += b'{"run":"a"}'


class Caller:
    """Sends one request after the other to a hook whose workflow answers at once. Requests are
    neither logged nor counted. Made inside a running loop.
    """

    def __init__(self, spec: Spec, body: dict[str, Any]) -> None:
        runtime = Runtime(Settings(hooks=Path(__file__).parent))
        data = json.dumps(body).encode()
        head = f"POST {spec.route} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        self._request = f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data
        self._loop = asyncio.get_running_loop()
        self._left, self._done = 0, asyncio.Event()
        self._server = Connection(_connections(spec, runtime))
        self._server.connection_made(_Transport(self._answered))
        self._ends = socket.socketpair()
        pool = runtime.client.pool(Endpoint.of(_URL))
        workflow = ToWorkflow(pool, self._ends[0], None)
        reply = partial(self._loop.call_soon, workflow.data_received, _REPLY)
        workflow.connection_made(_Transport(lambda _sent: reply()))
        pool.keep(workflow)

    async def send(self, requests: int) -> float:
        """The seconds of the process that so many requests take."""
        self._left = requests
        self._done.clear()
        started = time.process_time()
        self._server.data_received(self._request)
        await self._done.wait()
        return time.process_time() - started

    def _answered(self, answer: bytes) -> None:
        assert answer.startswith(b"HTTP/1.1 200 "), answer
        self._left -= 1
        if self._left:
            self._loop.call_soon(self._server.data_received, self._request)
        else:
            self._done.set()


def _connections(spec: Spec, runtime: Runtime) -> Connections:
    limits, clients = runtime.settings.limits, ClientFinder(())
    switch = Switch(limits, runtime.body_memory, clients, _unserved, _unrecorded)
    served = Served(spec.name, spec.route, spec.answered, "a.yaml", Hook(spec, runtime))
    switch.generation = Generation(1, "", [served])
    unrouted = Unrouted(clients, _unrecorded)
    return Connections(switch, server_limits(limits), unrouted, clients.is_client)


async def _unserved(*_request: object) -> None:
    raise AssertionError("no request is for another app")


def _unrecorded(*_record: object) -> None:
    pass


class _Transport(asyncio.Transport):
    """Hands what is written to a function."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        super().__init__({"peername": ("127.0.0.1", 5), "sockname": ("127.0.0.1", 8080)})
        self._write = write

    def write(self, data: Any) -> None:
        self._write(data)

    def is_closing(self) -> bool:
        return False

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def abort(self) -> None:
        pass

    close = abort
