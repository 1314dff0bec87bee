"""The runs that gateways share, asked of their database: none of them has to be there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from gateway.cli.runs.opened import Opened, be_silent
from gateway.cli.store_flags import check_store
from gateway.errors import OperatorError
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import EXPECTED, Unfit, sentence
from gateway.runs.postgres.migrate import is_made
from gateway.runtime.stores import database_of
from gateway.settings import Settings, Store


def shared(flags: dict[str, Any]) -> Opened:
    """The runs in the database that the flags name. Raises OperatorError where it has none."""
    be_silent()
    store = Store(
        engine="postgres",
        url=flags["store"],
        password=flags["store_password"] or "",
        ca=str(flags["store_ca"] or ""),
        key=flags["store_key"] or "",
    )
    check_store(store, flags["secrets"])
    settings = Settings(hooks=Path(), secrets=flags["secrets"], store=store)
    asyncio.run(_check(database_of(settings)))
    return Opened(settings)


async def _check(database: Database) -> None:
    """Nothing is made in a database by who looks for runs."""
    try:
        session = await database.dial()
        try:
            made = await is_made(session)
        finally:
            session.terminate()
    except (Unfit, *EXPECTED) as error:
        raise OperatorError(sentence(error, database.address)) from None
    if not made:
        raise OperatorError(f"{database.address} has no stored runs: no gateway has used it")
