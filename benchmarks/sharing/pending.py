"""A million runs that wait: how soon a gateway starts beside them, how long a claim takes, and what
a transaction does that somebody keeps open.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.delivery.job import Counting, workflow
from benchmarks.processes import PeerError
from benchmarks.rows import Row
from benchmarks.scenario import HOOK, Scenario, Site
from benchmarks.sharing.database import ask, create
from benchmarks.sharing.filling import fill
from benchmarks.sharing.ground import gateways, sites
from benchmarks.sharing.probe import Claims, probed
from tests.support.postgres import PASSWORD, Server

GATEWAYS = 2
CLAIM = 0.1
START = 5.0
_DEAD = """SELECT sum(n_dead_tup)::bigint FROM pg_stat_user_tables
    WHERE schemaname='gateway' AND relname='run'"""


@dataclass(frozen=True)
class Plan:
    """How many runs wait, and for how many seconds the transaction is kept open."""

    runs: int
    held: float

    @property
    def beside(self) -> float:
        """Seconds before it and after it."""
        return self.held / 4


def pending(server: Server, workdir: Path, plan: Plan, request: Scenario) -> list[Row]:
    """Gateways deliver as fast as they can. A further process claims beside them, and is timed."""
    database = create(server, "pending")
    with workflow(workdir / "pending_workflow", request) as counting:
        places = sites(workdir / "pending", GATEWAYS, request, counting.port)
        empty = _started(server, database, places[0])
        fill(server, database, HOOK, plan.runs)
        full = _started(server, database, places[1])
        with gateways(server, database, places):
            return [
                _start_row(plan, empty, full),
                *_claimed(server, database, counting, places[0], plan),
            ]


def _started(server: Server, database: str, site: Site) -> float:
    """Seconds from the start of a gateway to its first 202."""
    begun = time.perf_counter()
    with gateways(server, database, [site]):
        return time.perf_counter() - begun


def _start_row(plan: Plan, empty: float, full: float) -> Row:
    text = f"{full:.2f} s; without any {empty:.2f} s, with its tables to be made"
    return Row(
        f"start until the first 202, {plan.runs:,} runs pending", text, "",
        f"at most {START:.0f} s more", full - empty < START,
    )  # fmt: skip


def _claimed(
    server: Server, database: str, counting: Counting, site: Site, plan: Plan
) -> list[Row]:
    found: list[Claims] = []
    whole = 2 * plan.beside + plan.held
    thread = threading.Thread(
        target=lambda: found.append(probed(server, database, site, whole + 1))
    )
    thread.start()
    rows = []
    marks = [(time.perf_counter(), counting.count())]
    dead = []
    for seconds in (plan.beside, plan.held, plan.beside):
        with _open_transaction(server, database, seconds == plan.held):
            time.sleep(seconds)
            dead.append(ask(server, database, _DEAD)[0][0])
        marks.append((time.perf_counter(), counting.count()))
    thread.join()
    for number, what in enumerate(("before", "while a transaction is kept open", "after")):
        (since, first), (until, last) = marks[number : number + 2]
        times = found[0].times(since, until)
        rate = (last - first) / (until - since)
        rows.append(_row(plan, what, times, rate, dead[number]))
    return rows


def _row(plan: Plan, what: str, times: list[float], rate: float, dead: int) -> Row:
    if not times:
        raise PeerError(f"{plan.runs} runs were delivered too soon: give more with --pending")
    middle, late = (times[min(int(len(times) * share), len(times) - 1)] for share in (0.5, 0.99))
    text = (
        f"p50 {middle * 1000:.1f}, p99 {late * 1000:.1f}, at most {times[-1] * 1000:.0f} ms of "
        f"{len(times):,} claims, {rate:,.0f}/s delivered, {dead:,} dead versions of runs"
    )
    return Row(
        f"claims, {plan.runs:,} runs pending at first, {what}",
        text,
        "",
        "p99 under 100 ms",
        late < CLAIM,
    )


@contextmanager
def _open_transaction(server: Server, database: str, wanted: bool) -> Iterator[None]:
    """Somebody reads, and does not end."""
    over, begun = threading.Event(), threading.Event()

    async def read() -> None:
        connection = await asyncpg.connect(server.url(database), password=PASSWORD)
        async with connection.transaction(isolation="repeatable_read"):
            await connection.fetch("SELECT FROM gateway.run LIMIT 1")
            begun.set()
            await asyncio.to_thread(over.wait)
        await connection.close()

    if not wanted:
        yield
        return
    thread = threading.Thread(target=asyncio.run, args=(read(),))
    thread.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        thread.join()
