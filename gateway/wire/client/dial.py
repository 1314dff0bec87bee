"""Connecting to the first of a host's addresses that takes a connection (RFC 8305, in short)."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence

from gateway.wire.client.errors import Unreachable
from gateway.wire.client.lookup import Address

STAGGER = 0.25
"""Seconds that an address has for itself before the next one is tried beside it."""


async def dial(addresses: Sequence[Address]) -> socket.socket:
    """A connected socket, not blocking. Raises Unreachable."""
    waiting = list(addresses)
    attempts: set[asyncio.Task[socket.socket]] = set()
    reason: BaseException | None = None
    try:
        while waiting or attempts:
            if waiting:
                attempts.add(asyncio.create_task(_attempt(waiting.pop(0))))
            patience = STAGGER if waiting else None
            done, attempts = await asyncio.wait(
                attempts, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                reason = task.exception()
                if reason is None:
                    attempts |= done - {task}
                    return task.result()
        raise reason or Unreachable("it has no address")
    finally:
        for task in attempts:
            task.cancel()
            task.add_done_callback(_discard)


async def _attempt(address: Address) -> socket.socket:
    try:
        connection = socket.socket(address.family, socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(str(error)) from error
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, address.place)
    except OSError as error:
        connection.close()
        host, port, *_ = address.place
        why = os.strerror(error.errno) if error.errno else str(error)
        raise Unreachable(f"{host} port {port}: {why}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _discard(task: asyncio.Task[socket.socket]) -> None:
    """One that was connected, too, after another had been."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()
