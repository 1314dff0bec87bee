"""The database that gateways share in a measurement, and what its server has done."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.delivery.job import cpu_of
from tests.support.postgres import PASSWORD, Server, binaries

SETTINGS = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "1min",
    "track_io_timing": "off",
}
"""What an operator sets on a small machine; all else is PostgreSQL's default."""
_NOTICED = 1.2
"""Seconds after which every process of the server has told what it counted."""
_ASK = """SELECT (SELECT sum(xact_commit)::bigint FROM pg_stat_database),
    (SELECT sum(fsyncs)::bigint FROM pg_stat_io WHERE object='wal'),
    pg_current_wal_lsn() - '0/0'::pg_lsn"""


@contextmanager
def server() -> Iterator[Server]:
    """A PostgreSQL server on the disk, which is removed on the way out."""
    made = Server(None, place=Path(tempfile.gettempdir()), programs=binaries(), **SETTINGS)
    try:
        yield made.start()
    finally:
        made.close()


def ask(at: Server, database: str, statement: str, *values: Any) -> list[Any]:
    """The rows of a statement of an administrator, which is a transaction of its own."""
    return asyncio.run(_ask(at, database, statement, values))


async def _ask(at: Server, database: str, statement: str, values: tuple[Any, ...]) -> list[Any]:
    connection = await asyncpg.connect(at.url(database), password=PASSWORD)
    try:
        return await connection.fetch(statement, *values, timeout=3600)
    finally:
        await connection.close()


def create(at: Server, database: str) -> str:
    """A database without tables; its name."""
    ask(at, "postgres", f"CREATE DATABASE {database}")
    return database


@dataclass(frozen=True)
class Used:
    """What a server has done until a moment: transactions, syncs and bytes of the log, and seconds
    of the processor.
    """

    at: float
    commits: int
    flushes: int
    wal: int
    cpu: float


def used(server: Server) -> Used:
    """All of it until now; takes a moment."""
    time.sleep(_NOTICED)
    [(commits, flushes, wal)] = ask(server, "postgres", _ASK)
    return Used(time.perf_counter(), commits, flushes, int(wal), cpu_of(server.pid))
