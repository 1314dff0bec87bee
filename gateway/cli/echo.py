"""The echo of `gateway dev`, in the place of every workflow: it answers what it received."""

from __future__ import annotations

import json
import multiprocessing
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

OWN = frozenset({"x-request-id"})
"""Headers of every invocation, which teach nothing about a hook."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
MOST = 64 * 1024 * 1024
"""Bytes of a body; more than any hook hands on."""


@contextmanager
def echo() -> Iterator[str]:
    """Serve on a free port of this machine, in a process of its own; the base of its URLs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        process = multiprocessing.Process(target=_serve, args=(listener,), daemon=True)
        process.start()
        host, port = listener.getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        process.terminate()
        process.join()


def _serve(listener: socket.socket) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = web.Application(client_max_size=MOST)
    app.router.add_route("*", "/{path:.*}", _answer)
    web.run_app(app, sock=listener, print=None, access_log=None, handle_signals=False)


async def _answer(request: web.Request) -> web.Response:
    """`workflow` is the last part of the path: `/run/paris` is the workflow `paris`."""
    name = request.path.rstrip("/").rpartition("/")[2]
    body = {"workflow": name, "received": await _received(request)}
    headers = {name: value for name, value in request.headers.items() if _handed_on(name)}
    return web.json_response(body | ({"headers": headers} if headers else {}))


async def _received(request: web.Request) -> Any:
    if request.content_type in FORMS:
        return {name: _field(value) for name, value in (await request.post()).items()}
    data = await request.read()
    if not data:
        return dict(request.query) or None
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")


def _field(value: Any) -> Any:
    return f"the file {value.filename}" if isinstance(value, web.FileField) else value


def _handed_on(name: str) -> bool:
    lower = name.lower()
    return lower.startswith("x-") and lower not in OWN
