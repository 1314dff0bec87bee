"""What the tables take after many runs, and what of that is of no use."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.delivery.job import Counting, workflow
from benchmarks.load import Load
from benchmarks.rows import Row
from benchmarks.scenario import Scenario
from benchmarks.sharing.database import ask, create
from benchmarks.sharing.ground import Shared, gateways, loads, sites, together
from tests.support.postgres import Server

GATEWAYS = 2
RETENTION = 60
PAUSE = 110
"""Milliseconds that each caller waits between two requests: about 1,500 runs a second, which the
gateways deliver meanwhile.
"""
MIB = 1024 * 1024
_SIZES = """SELECT relname, pg_table_size(relid), pg_indexes_size(relid), n_live_tup, n_dead_tup,
    autovacuum_count FROM pg_stat_user_tables WHERE schemaname='gateway'
    AND relname IN ('run', 'payload', 'dedup') ORDER BY relname DESC"""
_STRETCH = 30


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
    """So many runs with keys are accepted, delivered and, a minute later, forgotten: what the
    tables take after a quarter of them, when as many are forgotten as come, and after all.
    """
    database = create(server, "bloat")
    with workflow(workdir / "bloat_workflow", request) as counting:
        places = sites(workdir / "bloat", GATEWAYS, request, counting.port)
        with gateways(server, database, places, retention=f"{RETENTION}s") as shared:
            callers = loads(shared, request, workdir / "bloat_load", True, PAUSE)
            begun = time.perf_counter()
            rows = []
            for wanted in (runs // 4, runs):
                _until(counting, wanted, shared, callers)
                rows += _rows(f"{counting.count():,} runs", sizes(server, database))
            rate = counting.count() / (time.perf_counter() - begun)
            return [Row("delivered, kept for a minute", f"{rate:,.0f}/s", ""), *rows]


def sizes(server: Server, database: str) -> dict[str, Size]:
    """By table."""
    return {row[0]: Size(*row[1:]) for row in ask(server, database, _SIZES)}


def _until(counting: Counting, wanted: int, shared: Shared, callers: Sequence[Load]) -> None:
    while counting.count() < wanted:
        together(shared, callers, _STRETCH)


def _rows(after: str, found: dict[str, Size]) -> list[Row]:
    return [Row(f"after {after}: {name}", size.words, "") for name, size in found.items()]
