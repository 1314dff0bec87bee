"""Work that ends in order though who asked for it has left."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from gateway.errors import GatewayError

_log = structlog.get_logger("gateway.store")


def left(work: asyncio.Future[Any]) -> None:
    """Nobody asks any more what the work gives. A mistake of ours is logged all the same."""
    work.add_done_callback(_ended)


def _ended(work: asyncio.Future[Any]) -> None:
    if work.cancelled():
        return
    error = work.exception()
    if error is not None and not isinstance(error, GatewayError):
        _log.error("work failed for which nobody waits", exc_info=error)
