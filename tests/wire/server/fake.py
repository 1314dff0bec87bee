"""A connection without a socket: pieces are exactly those that a test cuts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from gateway.wire.server import ServerLimits
from gateway.wire.server.connection import Connection
from gateway.wire.server.connections import Connections
from tests.wire.server.serving import read

Call = tuple[str, bytes, bytes, tuple[tuple[bytes, bytes], ...], bytes | None]


class Transport:
    """Takes all that is written; counts how far its reader was told to stop."""

    def __init__(self) -> None:
        self.written = b""
        self.paused = False
        self.closed = False

    def get_extra_info(self, name: str) -> tuple[str, int]:
        return "127.0.0.1", 1

    def set_write_buffer_limits(self, high: int) -> None:
        assert high == 0

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        self.written += data

    def writelines(self, parts: Sequence[bytes]) -> None:
        self.written += b"".join(parts)

    def write_eof(self) -> None:
        self.closed = True

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


async def fed(pieces: Sequence[bytes], limits: ServerLimits) -> tuple[list[Call], list[str]]:
    """The calls of the app, and the codes of what was refused.

    The body is None where it did not become whole. The loop has a turn after each piece.
    """
    calls: list[Call] = []
    codes: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        call = scope["method"], scope["raw_path"], scope["query_string"], tuple(scope["headers"])
        whole = scope["gateway.request"].whole()
        try:
            body = await read(receive) if whole is None else whole
        except Exception:
            calls.append((*call, None))
            raise
        calls.append((*call, body))
        scope["gateway.request"].respond(200, (), b"fine")

    def refuse(status: int, code: str, detail: str, head: object) -> Any:
        codes.append(code)
        return status, (), detail.encode()

    connections = Connections(app, limits, refuse)
    connection = Connection(connections)
    transport: Any = Transport()
    connection.connection_made(transport)
    for piece in pieces:
        if piece:
            connection.data_received(piece)
        for _ in range(4):
            await asyncio.sleep(0)
    connections.stop()
    connection.connection_lost(None)
    for _ in range(4):
        await asyncio.sleep(0)
    return calls, codes
