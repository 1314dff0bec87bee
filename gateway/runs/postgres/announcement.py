"""What a gateway says of its database when it begins to use it."""

from __future__ import annotations

import structlog

from gateway.runs.postgres.database import Database

_log = structlog.get_logger("gateway.store")


def say(database: Database, unfinished: int) -> None:
    """Where runs are stored, and what a run survives there."""
    server, place = database.server, str(database.address)
    if server is None:
        return
    _log.info(
        "runs are stored",
        database=place,
        schema="gateway",
        version=server.release,
        synchronous_commit="on" if server.raised else server.commits,
        standbys=server.standbys or "none",
        unfinished=unfinished,
    )
    if not server.standbys:
        _log.warning(
            "runs are stored on one server alone: a failover to a standby may lose some",
            database=place,
        )
