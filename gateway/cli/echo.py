"""The echo workflow of `gateway dev`: it answers what it received."""

from __future__ import annotations

import json
import multiprocessing
import signal
import socket
from typing import Any

from aiohttp import web

from gateway.errors import OperatorError

OWN = frozenset({"x-request-id"})
"""Headers of every invocation, which teach nothing about a hook."""


async def _echo(request: web.Request) -> web.Response:
    text = await request.text()
    received: Any = text or None
    if request.content_type == "application/json" and text:
        received = json.loads(text)
    elif request.content_type == "application/x-www-form-urlencoded":
        received = dict((await request.post()).items())
    body = {"workflow": request.match_info["name"], "received": received}
    headers = {name: value for name, value in request.headers.items() if _handed_on(name)}
    return web.json_response(body | ({"headers": headers} if headers else {}))


def _handed_on(name: str) -> bool:
    lower = name.lower()
    return lower.startswith("x-") and lower not in OWN


def _serve(listener: socket.socket) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    app = web.Application()
    app.router.add_route("*", "/run/{name}", _echo)
    web.run_app(app, sock=listener, print=None, access_log=None, handle_signals=False)


def start_echo(port: int) -> multiprocessing.Process:
    """Serve the echo workflow on a port of this machine, in a process that ends with ours."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise OperatorError(
            f"the echo workflow cannot listen on port {port}: {error.strerror}; "
            "choose another with --echo-port"
        ) from error
    process = multiprocessing.Process(target=_serve, args=(listener,), daemon=True)
    process.start()
    listener.close()
    return process
