"""What a gateway says of its database when it begins to use it."""

from __future__ import annotations

import structlog

from gateway.runs.postgres.database import Database
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.owners import Self, is_first
from gateway.runs.postgres.session import Session

_log = structlog.get_logger("gateway.store")


async def say_once(session: Session, database: Database, local: LocalState, me: Self) -> None:
    """Where runs are stored, and what a run survives there. The first process of a gateway says it;
    all come here when they are known to the others.
    """
    server, place = database.server, str(database.address)
    if server is None or not await is_first(session, local, me):
        return
    _log.info(
        "runs are stored",
        database=place,
        schema="gateway",
        version=server.release,
        synchronous_commit="on" if server.raised else server.commits,
        standbys=server.standbys or "none",
        unfinished=local.unfinished,
    )
    if not server.standbys:
        _log.warning(
            "runs are stored on one server alone: a failover to a standby may lose some",
            database=place,
        )
