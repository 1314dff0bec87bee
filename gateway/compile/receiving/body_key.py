"""The API key that a sender writes into the body: taken out before anybody else sees the body."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from gateway.compile import strict_json
from gateway.compile.body import media_kind
from gateway.compile.exchange import Exchange, Reading
from gateway.compile.forms import decode_urlencoded
from gateway.compile.guards.presented import without_parameter
from gateway.compile.large import LargeBodies
from gateway.compile.paths import compile_path
from gateway.compile.receiving.reader import BodyReader
from gateway.language.literals import encode_json
from gateway.language.spec import Hook
from gateway.language.values import Path, parse_path
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime

Result = TypeVar("Result")


class BodyKey:
    """Two checks, before and behind the one that judges the key: they raise the Refusals of bodies.

    `find` reads the body and puts the text at a JSON Pointer into the `reading`, as the key that
    the request presents. `remove` takes it out of the body of a caller who has proven itself, which
    costs more: numbers are decoded exactly, to be written again.
    """

    __slots__ = ("_large", "_path", "_reader")

    def __init__(self, hook: Hook, pointer: str, runtime: Runtime) -> None:
        self._path = parse_path(pointer)
        self._reader = BodyReader(hook, runtime)
        self._large = LargeBodies(runtime)

    async def find(self, exchange: Exchange) -> None:
        """A check."""
        waits = self._reader(exchange)
        if waits is not None:
            await waits
        reading, body = exchange.reading, exchange.body
        if reading is not None and body:
            key = await self._worked(body, partial(_find, self._path, reading, body))
            exchange.reading = msgspec.structs.replace(reading, key=key)

    async def remove(self, exchange: Exchange) -> None:
        """A check."""
        reading, body = exchange.reading, exchange.body
        if reading is not None and body:
            # What is left is shorter. The difference stays charged: it is small.
            exchange.body = await self._worked(body, partial(_without, self._path, reading, body))

    async def _worked(self, body: bytes, work: Callable[[], Result]) -> Result:
        return await self._large.judge(body, work) if len(body) > SMALL else work()


def _find(path: Path, reading: Reading, body: bytes) -> bytes | None:
    """The key; None where there is no text, or an empty one."""
    kind = media_kind(reading.content_type, body)
    found: Any = None
    if kind == "json":
        found = compile_path(path)(strict_json.decode(body, exact=False))
    elif kind == "form" and len(path) == 1:
        found = decode_urlencoded(body, "The form").get(str(path[0]))
    return (found.encode() or None) if isinstance(found, str) else None


def _without(path: Path, reading: Reading, body: bytes) -> bytes:
    """The body without its key, which was found."""
    if media_kind(reading.content_type, body) == "form":
        return without_parameter(body, str(path[0]))
    value = strict_json.decode(body)
    *above, last = path
    container = compile_path(tuple(above))(value)
    del container[last if isinstance(container, list) else str(last)]
    return encode_json(value)
