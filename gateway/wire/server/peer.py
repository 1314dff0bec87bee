"""Who is on the two ends of a connection."""

from __future__ import annotations

import asyncio

from gateway.wire.server.refused import Address


def peers(transport: asyncio.Transport) -> tuple[Address | None, tuple[str, int | None] | None]:
    """ASGI's `client` and `server`: (address, port), of a Unix socket None and (path, None)."""
    peer = transport.get_extra_info("peername")
    own = transport.get_extra_info("sockname")
    client = (peer[0], peer[1]) if isinstance(peer, tuple) else None
    if isinstance(own, tuple):
        return client, (own[0], own[1])
    return client, (own, None) if own else None
