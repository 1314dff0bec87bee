"""The API key that a sender writes into the body: taken out before anybody else sees the body."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Any

import msgspec

from gateway.compile import strict_json
from gateway.compile.body import media_kind
from gateway.compile.exchange import Exchange, Reading
from gateway.compile.forms import decode_urlencoded
from gateway.compile.guards.presented import without_parameter
from gateway.compile.large import LargeBodies
from gateway.compile.receiving.reader import BodyReader
from gateway.language.literals import encode_json
from gateway.language.spec import Hook
from gateway.language.values import Path, parse_path
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime


class BodyKey:
    """A check that reads the body and puts the text at a JSON Pointer into the `reading`, as the
    key that the request presents. It raises the Refusals of bodies.
    """

    __slots__ = ("_large", "_memory", "_path", "_reader")

    def __init__(self, hook: Hook, pointer: str, runtime: Runtime) -> None:
        self._path = parse_path(pointer)
        self._reader = BodyReader(hook, runtime)
        self._large = LargeBodies(runtime)
        self._memory = runtime.body_memory

    def __call__(self, exchange: Exchange) -> Awaitable[None]:
        """A check."""
        return self._taken(exchange)

    async def _taken(self, exchange: Exchange) -> None:
        waits = self._reader(exchange)
        if waits is not None:
            await waits
        reading, body = exchange.reading, exchange.body
        if reading is None or not body:
            return
        take = partial(_take, self._path, reading, body)
        key, rest = await self._large.judge(body, take) if len(body) > SMALL else take()
        if key is not None:
            # What is left is shorter, and for a large body the difference is not worth a count.
            exchange.body = rest
            exchange.reading = msgspec.structs.replace(reading, key=key)


def _take(path: Path, reading: Reading, body: bytes) -> tuple[bytes | None, bytes]:
    """The key, None where there is none, and the body without it."""
    kind = media_kind(reading.content_type, body)
    if kind == "json":
        value = strict_json.decode(body)
        key = _pop(value, path)
        return (None, body) if key is None else (key, encode_json(value))
    if kind == "form" and len(path) == 1:
        name = str(path[0])
        found = decode_urlencoded(body, "The form").get(name)
        if isinstance(found, str) and found:
            return found.encode(), without_parameter(body, name)
    return None, body


def _pop(value: Any, path: Path) -> bytes | None:
    """The text at a path, which is not there any more after that; None where there is no text."""
    *above, last = path
    for step in above:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    if not isinstance(value, dict) or not isinstance(value.get(str(last)), str):
        return None
    key: str = value.pop(str(last))
    return key.encode() or None
