"""Reading a request's body within a limit, a deadline and a minimum rate."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from gateway.errors import BodyTimeout, ClientGone, Malformed, TooLarge
from gateway.settings import Limits

Receive = Callable[[], Awaitable[Any]]
_LENGTH = re.compile(rb"[0-9]{1,19}")


def declared_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """The Content-Length, None where none is given.

    Raises Malformed for two lengths, a length beside Transfer-Encoding (RFC 9112 §6.1: the
    ground of request smuggling), and anything but digits.
    """
    length: bytes | None = None
    chunked = False
    for name, value in headers:
        if name == b"content-length":
            if length is not None:
                raise Malformed("There are two Content-Length headers.")
            length = value
        elif name == b"transfer-encoding":
            chunked = True
    if length is None:
        return None
    if chunked:
        raise Malformed("There are both Content-Length and Transfer-Encoding.")
    if not _LENGTH.fullmatch(length):
        raise Malformed("The Content-Length is not a number.")
    return int(length)


def _check_length(length: int | None, limit: int) -> None:
    """Raises TooLarge for a length over the limit, declared or counted."""
    if length is not None and length > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")


async def read_body(receive: Receive, length: int | None, limit: int, limits: Limits) -> bytes:
    """The whole body, at most `limit` bytes.

    Raises TooLarge (before reading, where the length is declared), BodyTimeout when it is late
    or too slow, Malformed for broken framing, ClientGone when the client leaves.
    """
    _check_length(length, limit)
    if length == 0:
        return b""
    started = asyncio.get_running_loop().time()
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await _next(receive, started, size, limits)
        if message["type"] != "http.request":
            raise ClientGone("the client left before its body was complete")
        chunk = message.get("body", b"")
        size += len(chunk)
        _check_length(size, limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _next(receive: Receive, started: float, size: int, limits: Limits) -> Any:
    """The next message, awaited no longer than the deadline and the minimum rate allow."""
    enough_until = started + limits.body_grace + size / limits.body_rate
    try:
        async with asyncio.timeout_at(min(started + limits.body_timeout, enough_until)):
            return await receive()
    except TimeoutError as error:
        raise BodyTimeout("The body did not arrive in time; send it faster.") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise Malformed("The body's framing is broken.") from error
