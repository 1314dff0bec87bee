"""What the tables take after many runs, and what of that is of no use."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.delivery.job import Counting, workflow
from benchmarks.rows import Row
from benchmarks.scenario import Scenario
from benchmarks.sharing.database import ask, create
from benchmarks.sharing.ground import Shared, gateways, loads, sites, together
from tests.support.postgres import Server

GATEWAYS = 2
RETENTION = 60
MIB = 1024 * 1024
_SIZES = """SELECT relname, pg_table_size(relid), pg_indexes_size(relid), n_live_tup, n_dead_tup,
    autovacuum_count FROM pg_stat_user_tables WHERE schemaname='gateway'
    AND relname IN ('run', 'payload', 'dedup') ORDER BY relname DESC"""
_STRETCH = 30
_PURGED = 90


@dataclass(frozen=True)
class Size:
    """Of a table in bytes, its rows and versions of rows by the statistics, and how often it was
    vacuumed.
    """

    table: int
    indexes: int
    live: int
    dead: int
    vacuums: int

    @property
    def words(self) -> str:
        return (
            f"{self.table / MIB:,.0f} MiB and {self.indexes / MIB:,.0f} MiB of indexes, "
            f"{self.live:,} rows, {self.dead:,} dead, {self.vacuums} vacuums"
        )


def bloat(server: Server, workdir: Path, runs: int, request: Scenario) -> list[Row]:
    """So many runs with keys are accepted, delivered and, a minute later, forgotten."""
    database = create(server, "bloat")
    with workflow(workdir / "bloat_workflow", request) as counting:
        places = sites(workdir / "bloat", GATEWAYS, request, counting.port)
        with gateways(server, database, places, retention=f"{RETENTION}s") as shared:
            return _rows(server, database, shared, counting, workdir, runs, request)


def sizes(server: Server, database: str) -> dict[str, Size]:
    """By table."""
    return {row[0]: Size(*row[1:]) for row in ask(server, database, _SIZES)}


def _rows(
    server: Server, database: str, shared: Shared, counting: Counting, workdir: Path, runs: int,
    request: Scenario,
) -> list[Row]:  # fmt: skip
    made, begun, largest = (
        loads(shared, request, workdir / "bloat_load", True),
        time.perf_counter(),
        0,
    )
    while counting.count() < runs:
        together(shared, made, _STRETCH)
        size = sizes(server, database)["run"]
        largest = max(largest, size.table + size.indexes)
    rate = counting.count() / (time.perf_counter() - begun)
    busy = sizes(server, database)
    text = f"{rate:,.0f}/s delivered; runs take at most {largest / MIB:,.0f} MiB with their indexes"
    return [Row(f"{runs:,} runs with keys, kept for {RETENTION} s", text, ""), *_tables(busy)]


def _tables(found: dict[str, Size]) -> list[Row]:
    return [Row(f"then: {name}", size.words, "") for name, size in found.items()]
