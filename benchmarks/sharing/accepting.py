"""What gateways accept together while nothing is delivered, and what each accepted run costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.scenario import Scenario
from benchmarks.sharing.database import create
from benchmarks.sharing.ground import Measured, gateways, loaded, sites
from tests.support.ports import free_port
from tests.support.postgres import Server

RATE = 4000


def accepting(
    server: Server, workdir: Path, counts: Sequence[int], rounds: int, seconds: int,
    request: Scenario,
) -> list[Row]:  # fmt: skip
    """Runs are stored while the workflow's server is down. Each round with all numbers of gateways,
    as a machine has better minutes and worse.
    """
    found: dict[tuple[bool, int], list[Measured]] = {}
    for number in range(rounds):
        for count in counts:
            name = f"accept_{number}_{count}"
            places = sites(workdir / name, count, request, free_port())
            with gateways(server, create(server, name), places) as shared:
                for keyed in (False, True):
                    one = loaded(shared, request, workdir / f"{name}_{keyed}", seconds, keyed)
                    found.setdefault((keyed, count), []).append(one)
    return [_row(request, *key, results) for key, results in sorted(found.items())]


def _row(request: Scenario, keyed: bool, count: int, results: list[Measured]) -> Row:
    ordered = sorted(results, key=lambda one: one.rate)
    middle, worst = ordered[len(ordered) // 2], ordered[0]
    errors = sum(one.errors for one in results)
    what = "answered 202" + (" with a key" if keyed else "")
    target = f"{RATE:,}/s" if keyed else ""
    return Row(
        f"{what}, {_gateways(count)}, {request.connections} connections",
        f"{words(middle)}; {errors} errors", words(worst), target,
        middle.rate >= RATE and not errors if keyed else None,
    )  # fmt: skip


def words(one: Measured) -> str:
    """All of it."""
    return (
        f"{one.rate:,.0f}/s, p50 {one.p50:.0f}, p99 {one.p99:.0f} ms, {one.gateways:.0f} µs in "
        f"gateways and {one.database:.0f} µs in PostgreSQL, {one.commits:.0f} commits/s of "
        f"{one.batch:.0f} runs, {one.flushes:.0f} syncs/s, {one.wal:,.0f} bytes of WAL a run"
    )


def _gateways(count: int) -> str:
    return f"{count} gateway{'s' * (count > 1)}"
