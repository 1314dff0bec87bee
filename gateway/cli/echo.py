"""The echo of `gateway dev`, in the place of every workflow: it answers what it received."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from gateway.compile.body import decode_body
from gateway.errors import Refusal
from gateway.wire.server import RequestHead, ServerLimits, serve

OWN = frozenset({"x-request-id"})
"""Headers of every invocation, which teach nothing about a hook."""
JSON = (b"content-type", b"application/json")


@contextmanager
def echo() -> Iterator[str]:
    """Serve on a free port of this machine, in a process of its own; the base of its URLs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
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
    asyncio.run(_forever(listener))


async def _forever(listener: socket.socket) -> None:
    await serve(_answer, listener, ServerLimits(), _refuse)
    await asyncio.Event().wait()


def _refuse(
    status: int, _code: str, detail: str, _head: RequestHead
) -> tuple[int, Sequence[tuple[bytes, bytes]], bytes]:
    return status, (JSON,), json.dumps({"refused": detail}).encode()


async def _answer(scope: Any, receive: Any, _send: Any) -> None:
    """`workflow` is the last part of the path: `/run/paris` is the workflow `paris`."""
    name = scope["path"].rstrip("/").rpartition("/")[2]
    said = {key.title(): value for key, value in _text(scope["headers"]) if _handed_on(key)}
    answer = {"workflow": name, "received": _received(scope, await _body(receive))}
    body = answer | ({"headers": said} if said else {})
    scope["gateway.request"].respond(200, (JSON,), json.dumps(body).encode())


async def _body(receive: Any) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _received(scope: Any, body: bytes) -> Any:
    if not body:
        return dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True)) or None
    try:
        return json.loads(body)
    except ValueError:
        return _form(scope["gateway.request"].fields.get(b"content-type"), body)


def _form(content_type: bytes | None, body: bytes) -> Any:
    try:
        value = decode_body(content_type, body).value
    except Refusal:
        return body.decode("utf-8", "replace")
    return {name: _field(one) for name, one in value.items()}


def _field(value: Any) -> Any:
    if isinstance(value, list):
        return [*map(_field, value)]
    return value if isinstance(value, str) else "a file"


def _text(headers: Sequence[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        yield name.decode(), value.decode("utf-8", "replace")


def _handed_on(name: str) -> bool:
    return name.startswith("x-") and name not in OWN
