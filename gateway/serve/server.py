"""The settings of the process as limits of the wire's server."""

from __future__ import annotations

from gateway.settings import Limits
from gateway.wire.server import ServerLimits


def server_limits(limits: Limits) -> ServerLimits:
    """What one connection and one server may cost."""
    return ServerLimits(
        connections=limits.connections,
        per_client=limits.connections_per_client,
        fields=limits.headers,
        target=limits.url,
        header_timeout=limits.header_timeout,
        idle_timeout=limits.idle_timeout,
        body_timeout=limits.body_timeout,
        body_grace=limits.body_grace,
        body_rate=limits.body_rate,
        write_timeout=limits.write_timeout,
        discard=limits.discard,
        discard_timeout=limits.discard_timeout,
    )
