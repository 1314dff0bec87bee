"""Reading a request's body within a limit, a deadline and a minimum rate."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from gateway.errors import BodyTimeout, Incomplete, Malformed, Misframed, TooLarge
from gateway.settings import Limits

Receive = Callable[[], Awaitable[Any]]
Charge = Callable[[int], None]
"""Told of bytes that are about to be held, or are no more where they are negative."""
PIECES = 8192
"""Messages that a body may come in: a chunk of one byte costs as much work as one of 64 KiB."""

_LENGTH = re.compile(rb"[0-9]{1,19}")


def declared_length(headers: list[tuple[bytes, bytes]]) -> int | None:
    """How long the body is: 0 where none is announced, None for chunks, whose end will tell.

    Raises Misframed for two lengths, a length beside Transfer-Encoding (RFC 9112 §6.1: the
    ground of request smuggling), any coding but `chunked`, and anything but digits.
    """
    lengths = [value for name, value in headers if name == b"content-length"]
    codings = [value for name, value in headers if name == b"transfer-encoding"]
    if codings:
        if lengths:
            raise Misframed("There are both Content-Length and Transfer-Encoding.")
        if len(codings) > 1 or codings[0].lower() != b"chunked":
            raise Misframed("The only Transfer-Encoding that is understood is 'chunked', once.")
        return None
    if not lengths:
        return 0
    if len(lengths) > 1:
        raise Misframed("There are two Content-Length headers.")
    if not _LENGTH.fullmatch(lengths[0]):
        raise Misframed("The Content-Length is not a number.")
    return int(lengths[0])


async def read_body(
    receive: Receive, length: int | None, limit: int, limits: Limits, charge: Charge
) -> bytes:
    """The whole body, at most `limit` bytes; `charge` is told of each byte before it is held.

    Raises what `charge` raises, TooLarge (before reading, where the length is declared),
    BodyTimeout when it is late or too slow, Incomplete for broken chunks and for a client that
    leaves.
    """
    _check_length(length, limit)
    if length == 0:
        return b""
    started = asyncio.get_running_loop().time()
    pieces: list[bytes] = []
    size = 0
    for _ in range(PIECES):
        message = await _next(receive, started, size, limits)
        if message["type"] != "http.request":
            raise Incomplete("The body broke off, or its chunks are not well-formed.")
        piece = message["body"]
        size += len(piece)
        _check_length(size, limit)
        charge(len(piece))
        pieces.append(piece)
        # With a declared length, the empty message at the end need not be waited for.
        if size == length or not message["more_body"]:
            return _joined(pieces, size, charge)
    raise Malformed(f"The body comes in more than {PIECES} pieces; send larger chunks.")


def _joined(pieces: list[bytes], size: int, charge: Charge) -> bytes:
    """The body of its pieces; for a moment it is held twice."""
    if len(pieces) == 1:
        return pieces[0]
    charge(size)
    body = b"".join(pieces)
    charge(-size)
    return body


def _check_length(length: int | None, limit: int) -> None:
    """Raises TooLarge for a length over the limit, declared or counted."""
    if length is not None and length > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")


async def _next(receive: Receive, started: float, size: int, limits: Limits) -> Any:
    """The next message, awaited no longer than the deadline and the minimum rate allow."""
    enough_until = started + limits.body_grace + size / limits.body_rate
    try:
        async with asyncio.timeout_at(min(started + limits.body_timeout, enough_until)):
            return await receive()
    except TimeoutError as error:
        raise BodyTimeout("The body did not arrive in time; send it faster.") from error


async def discard_body(receive: Receive, limits: Limits) -> None:
    """Read on for a moment and throw away what comes.

    A caller that is refused while it still sends would otherwise meet a closed connection
    before it has read why (RFC 9112 §9.6).
    """
    size = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.discard_timeout):
            while size < limits.discard:
                message = await receive()
                if not message.get("more_body"):
                    return
                size += len(message["body"])
