"""Reading a request's body within its limit. The wire keeps its deadline and minimum rate."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.compile.exchange import Exchange
from gateway.errors import BodyTimeout, Incomplete, Malformed, Misframed, Refusal, TooLarge
from gateway.runtime.body_memory import BodyMemory, Charge, joined
from gateway.runtime.shares import Shares
from gateway.wire.server import Refused

Receive = Callable[[], Awaitable[Any]]
_REFUSALS: dict[str, type[Refusal]] = {
    "body-timeout": BodyTimeout,
    "incomplete-body": Incomplete,
    "malformed": Misframed,
}


class Bodies:
    """Bodies in memory that is accounted for: at most so many on their way at a time."""

    __slots__ = ("_memory", "_unproven")

    def __init__(self, memory: BodyMemory, unproven: Shares) -> None:
        self._memory = memory
        self._unproven = unproven

    def here(self, exchange: Exchange) -> bytes | None:
        """The whole body where it came together with its head. Raises TooLarge."""
        incoming = exchange.incoming
        body = None if incoming is None else incoming.whole()
        if body:
            size = len(body)
            if size > exchange.body_limit:
                _check_length(size, exchange.body_limit)
            self._memory.take(size)
            exchange.charged += size
        return body

    async def read(self, exchange: Exchange) -> bytes:
        """The whole body; a share is held meanwhile for a caller who has proven nothing."""
        if exchange.proven or exchange.length == 0:
            return await self._whole(exchange)
        key = self._unproven.take(exchange.client)
        try:
            return await self._whole(exchange)
        finally:
            self._unproven.give_back(key)

    async def _whole(self, exchange: Exchange) -> bytes:
        def charge(size: int) -> None:
            self._memory.take(size)
            exchange.charged += size

        incoming = exchange.incoming
        assert incoming is not None  # noqa: S101 - a request from the wire has it

        async def counted() -> Any:
            """What came counts for the log, also where the rest never comes."""
            message = await incoming.receive()
            exchange.bytes_in += len(message.get("body", b""))
            return message

        return await read_body(counted, exchange.length, exchange.body_limit, charge)


async def read_body(receive: Receive, length: int | None, limit: int, charge: Charge) -> bytes:
    """The whole body, at most `limit` bytes; `charge` is told of each byte before it is held.

    Raises what `charge` raises, TooLarge (before reading, where the length is declared),
    BodyTimeout when it is late or too slow, Misframed for broken chunks, Incomplete for a client
    that leaves.
    """
    _check_length(length, limit)
    if length == 0:
        return b""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await _next(receive)
        if message["type"] != "http.request":
            raise Incomplete("The body ended too early.")
        piece = message["body"]
        size += len(piece)
        _check_length(size, limit)
        charge(len(piece))
        pieces.append(piece)
        if not message["more_body"]:
            return joined(pieces, size, charge)


def _check_length(length: int | None, limit: int) -> None:
    """Raises TooLarge for a length over the limit, declared or counted."""
    if length is not None and length > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")


async def _next(receive: Receive) -> Any:
    try:
        return await receive()
    except Refused as refused:
        kind = _REFUSALS.get(refused.code, Malformed)
        raise kind(refused.detail) from None
