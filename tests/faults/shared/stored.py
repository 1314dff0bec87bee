"""What a database of several gateways says of their runs."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from typing import Any

from tests.faults.records import STATES, Row
from tests.faults.shared.cluster import DATABASE
from tests.runs.postgres.databases import connected
from tests.support.postgres import Server

_ATTEMPTS = """SELECT seq, number, extract(epoch FROM started)::float8, outcome
    FROM gateway.attempt"""
_RUNS = """SELECT seq, id::text, state, attempts, extract(epoch FROM started)::float8
    FROM gateway.run"""
_UNFINISHED = "SELECT count(*) FROM gateway.run WHERE state IN (0, 1, 2)"


async def _fetched(server: Server, *statements: str) -> list[Any]:
    connection = await connected(server, DATABASE)
    try:
        return [await connection.fetch(statement) for statement in statements]
    finally:
        await connection.close()


def unfinished(server: Server) -> int:
    """How many runs are to be delivered."""
    [[(count,)]] = asyncio.run(_fetched(server, _UNFINISHED))
    return int(count)


def rows(server: Server) -> dict[str, Row]:
    """The runs, by id. The server's clock is that of this host."""
    ahead = time.time() - time.monotonic()
    attempts, runs = asyncio.run(_fetched(server, _ATTEMPTS, _RUNS))
    made = defaultdict(list)
    for seq, number, started, outcome in attempts:
        made[seq].append((number, started - ahead, outcome))
    found = {}
    for seq, run, state, number, started in runs:
        times = {one: began for one, began, _ in made[seq]}
        if started is not None:
            times[number] = started - ahead
        cut = {one for one, _, outcome in made[seq] if outcome == "interrupted"}
        found[run] = Row(STATES[state], times, cut)
    return found
