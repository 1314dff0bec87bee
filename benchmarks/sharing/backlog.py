"""How fast gateways deliver together what waits."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.delivery.job import Counting, workflow
from benchmarks.processes import PeerError
from benchmarks.rows import Row
from benchmarks.scenario import HOOK, Scenario
from benchmarks.sharing.database import create, used
from benchmarks.sharing.filling import fill
from benchmarks.sharing.ground import Shared, gateways, sites
from tests.support.postgres import Server

_AFTER = 15.0
"""Seconds until they are due: they are all there before the first is delivered."""
_PATIENCE = 60.0


@dataclass(frozen=True)
class Delivered:
    """Runs a second, and for each run microseconds of gateways and of the database, and bytes of
    the log.
    """

    rate: float
    gateways: float
    database: float
    wal: float

    @property
    def words(self) -> str:
        return (
            f"{self.rate:,.0f} runs/s, {self.gateways:.0f} µs in gateways and {self.database:.0f} "
            f"µs in PostgreSQL, {self.wal:,.0f} bytes of WAL a run"
        )


def backlog(
    server: Server, workdir: Path, counts: Sequence[int], rounds: int, runs: int, request: Scenario
) -> list[Row]:
    """So many runs wait at once, and a workflow that answers at once is there."""
    found: dict[int, list[Delivered]] = {}
    for number in range(rounds):
        for count in counts:
            name = f"backlog_{number}_{count}"
            with workflow(workdir / f"{name}_workflow", request) as counting:
                places = sites(workdir / name, count, request, counting.port)
                with gateways(server, create(server, name), places) as shared:
                    found.setdefault(count, []).append(_delivered(shared, counting, runs))
    return [_row(count, results) for count, results in found.items()]


def _row(count: int, results: list[Delivered]) -> Row:
    ordered = sorted(results, key=lambda one: one.rate)
    middle = ordered[len(ordered) // 2]
    return Row(
        f"delivery of a backlog, {count} gateway{'s' * (count > 1)}", middle.words,
        ordered[0].words, "1,500/s", middle.rate >= 1500,
    )  # fmt: skip


def _delivered(shared: Shared, counting: Counting, runs: int) -> Delivered:
    # What was sent to see whether the gateways accept is delivered by now.
    first = counting.count()
    cpu = shared.cpu()
    fill(shared.server, shared.database, HOOK, runs, _AFTER)
    filled = used(shared.server)
    begun = _reached(counting, first, first + runs // 20)
    ended = _reached(counting, first, first + runs)
    after = used(shared.server)
    return Delivered(
        rate=(ended[0] - begun[0]) / (ended[1] - begun[1]),
        gateways=(shared.cpu() - cpu) / runs * 1e6,
        database=(after.cpu - filled.cpu) / runs * 1e6,
        wal=(after.wal - filled.wal) / runs,
    )


def _reached(counting: Counting, first: int, least: int) -> tuple[int, float]:
    """What was delivered once at least so much was, and when."""
    known, until = first, time.perf_counter() + _PATIENCE
    while time.perf_counter() < until:
        found = counting.count()
        if found >= least:
            return found, time.perf_counter()
        if found > known:
            known, until = found, time.perf_counter() + _PATIENCE
        time.sleep(0.05)
    raise PeerError("nothing more was delivered of the backlog")
