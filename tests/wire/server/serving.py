"""A server on a thread of its own, whose app tells what it was called with."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import uvloop

from gateway.wire.server import Listener, Refused, RequestHead, ServerLimits, serve
from gateway.wire.server.request import App
from tests.support.polling import until

Result = TypeVar("Result")

LIMITS = ServerLimits()
QUICK = ServerLimits(
    header_timeout=0.2,
    idle_timeout=0.2,
    body_timeout=0.6,
    body_grace=0.2,
    body_rate=1000,
    write_timeout=0.2,
    discard_timeout=0.3,
    tick=0.02,
)
"""Deadlines that a test can wait for."""


class Site:
    """What runs, and what was seen. `calls` are the requests that reached the app, as values."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop, listener: Listener) -> None:
        self.port = port
        self.loop = loop
        self.listener = listener
        self.calls: list[dict[str, Any]] = []
        self.refused: list[tuple[int, str, str, RequestHead]] = []
        self.faults: list[dict[str, Any]] = []
        self.events: list[str] = []
        self._changed = threading.Condition()

    def note(self, event: str) -> None:
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for(self, event: str) -> None:
        """Return when the app noted `event`."""
        with self._changed:
            assert self._changed.wait_for(lambda: event in self.events, timeout=20), event

    def run(self, what: Callable[[], Result]) -> Result:
        """Call in the loop's thread."""

        async def call() -> Result:
            return what()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(20)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Return when something holds in the loop's thread; looks at every tick."""
        until(lambda: self.run(holds))


async def read(receive: Any) -> bytes:
    body = b""
    while True:
        message: dict[str, Any] = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the caller left")
        body += bytes(message["body"])
        if not message["more_body"]:
            return body


def echo(site: Site) -> App:
    """Answers with what it was called with, and keeps it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        whole = scope["gateway.request"].whole()
        body = await read(receive) if whole is None else whole
        call = {
            "method": scope["method"],
            "target": scope["raw_path"],
            "query": scope["query_string"],
            "version": scope["http_version"],
            "headers": scope["headers"],
            "body": body,
        }
        site.calls.append(call)
        said = json.dumps({name: str(value) for name, value in call.items()}).encode()
        scope["gateway.request"].respond(200, [(b"content-type", b"application/json")], said)

    return app


def _refuse(site: Site) -> Any:
    def refuse(status: int, code: str, detail: str, head: RequestHead) -> Any:
        site.refused.append((status, code, detail, head))
        return status, [(b"content-type", b"text/plain")], f"{code}: {detail}".encode()

    return refuse


def listening(host: str = "127.0.0.1") -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.bind((host, 0))
    sock.listen(1024)
    return sock


@contextmanager
def running(
    app: Callable[[Site], App] = echo,
    limits: ServerLimits = LIMITS,
    sock: socket.socket | None = None,
    loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop,
) -> Iterator[Site]:
    """Serve until the end of the block, then end all there is."""
    sock = sock or listening()
    port = sock.getsockname()[1] if isinstance(sock.getsockname(), tuple) else 0
    started = threading.Event()
    sites: list[Site] = []

    async def main(stop: asyncio.Event) -> None:
        site = Site(port, asyncio.get_running_loop(), None)  # type: ignore[arg-type]
        site.loop.set_exception_handler(lambda _, context: site.faults.append(context))
        site.listener = await serve(app(site), sock, limits, _refuse(site))
        sites.append(site)
        started.set()
        await stop.wait()
        site.listener.close()
        await asyncio.sleep(0)

    stop = asyncio.Event()

    def work() -> None:
        with asyncio.Runner(loop_factory=loop) as runner:
            runner.run(main(stop))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert started.wait(20)
    site = sites[0]
    try:
        yield site
    finally:
        site.loop.call_soon_threadsafe(stop.set)
        thread.join(20)


__all__ = ["LIMITS", "QUICK", "Refused", "Site", "echo", "listening", "read", "running"]
