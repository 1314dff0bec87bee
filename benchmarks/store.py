"""`python -m benchmarks.store`: how many runs a second are accepted, and what each costs."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import rich_click as click
import uvloop

from benchmarks import command
from benchmarks.processes import PeerError
from benchmarks.resources import TICKS, Usage, process_ticks
from benchmarks.rows import Row
from gateway.ids import uuid7
from gateway.operate.logs import set_up_logs
from gateway.processes.keeper import StoreKeeper
from gateway.processes.sockets import store_socket
from gateway.runs.run import Accepted, NewRun, Policies, Policy, Result
from gateway.runs.sqlite.client import SqliteStore
from gateway.runs.sqlite.control import StoreSettings

BODY = b"x" * 512
MIB = 1024 * 1024
MANY = 10_000_000
POLICY = Policy(target="http://workflows:80", concurrency=512, limit=MANY)
HELD = Policy(target="http://workflows:80", limit=MANY, held="for the measurement")


@dataclass(frozen=True)
class Kind:
    """What is done with each run, and what is promised of it: runs a second by callers, p99 in
    seconds, microseconds of the store a run.
    """

    name: str
    keys: bool
    finish: bool
    rates: dict[int, int]
    p99: float
    cost: float


KINDS = (
    Kind("accepted", False, False, {64: 4000, 256: 6000}, 0.05, 50),
    Kind("accepted with a key", True, False, {64: 4000, 256: 6000}, 0.05, 70),
    Kind("accepted and finished", False, True, {}, 0.05, 65),
)


@dataclass(frozen=True)
class Round:
    """Runs a second, the 99th percentile in seconds, microseconds of the store a run."""

    rate: float
    p99: float
    cost: float


class Load:
    """Callers that wait for each run, in one process with one connection to the store."""

    def __init__(self, store: SqliteStore, kind: Kind) -> None:
        self._store = store
        self._kind = kind
        self._ends: set[asyncio.Task[bool]] = set()

    async def run(self, callers: int, seconds: float) -> list[float]:
        """The times in seconds that each took."""
        until = time.perf_counter() + seconds
        times = await asyncio.gather(*(self._call(until) for _ in range(callers)))
        await asyncio.gather(*self._ends)
        return sorted(one for some in times for one in some)

    async def _call(self, until: float) -> list[float]:
        times = []
        while (begun := time.perf_counter()) < until:
            answer = await self._store.accept(self._new())
            times.append(time.perf_counter() - begun)
            if self._kind.finish and isinstance(answer, Accepted) and answer.attempt:
                result = Result(run=answer.run, attempt=1, outcome="succeeded", status_code=200)
                end = asyncio.create_task(self._store.report(result))
                self._ends.add(end)
                end.add_done_callback(self._ends.discard)
        return times

    def _new(self) -> NewRun:
        return NewRun(
            id=uuid7(),
            hook="hook",
            invocation=BODY,
            gate=bytes(8),
            give_up=86_400,
            key=os.urandom(16) if self._kind.keys else None,
            key_within=86_400,
            start=self._kind.finish,
        )


def started(state: Path, policy: Policy) -> StoreKeeper:
    """A store as the gateway starts it."""
    state.mkdir(exist_ok=True)
    keeper = StoreKeeper(
        StoreSettings(
            state=str(state), socket=store_socket(state), runs=MANY, target_concurrency=512
        ),
        "json",
        "warning",
    )
    keeper.follow(Policies(1, {"hook": policy}))
    if keeper.problem:
        raise PeerError(keeper.problem)
    return keeper


async def measured(state: Path, kind: Kind, callers: int, seconds: float) -> Round:
    """One round on a store of its own."""
    keeper = await asyncio.to_thread(started, state, POLICY if kind.finish else HELD)
    store = SqliteStore(store_socket(state))
    try:
        await asyncio.wait_for(store.keys, 10)
        store.deliver(lambda _assignment: None, lambda _run, _attempt: None, 512)
        before = process_ticks(keeper.process)
        times = await Load(store, kind).run(callers, seconds)
        ticks = process_ticks(keeper.process) - before
    finally:
        await store.close()
        await asyncio.to_thread(keeper.stop, 10)
    count = len(times)
    return Round(count / seconds, times[count * 99 // 100], ticks / TICKS / count * 1e6)


def row(kind: Kind, callers: int, rounds: list[Round]) -> Row:
    """What the rounds of one kind came to."""
    rate = median(one.rate for one in rounds)
    p99, cost = median(one.p99 for one in rounds), median(one.cost for one in rounds)
    wanted = kind.rates.get(callers, 0)
    target = f"{wanted:,}/s, " if wanted else ""
    target += f"{kind.cost:.0f} µs" + (f", {kind.p99 * 1000:.0f} ms" if callers == 64 else "")
    met = rate >= wanted and cost <= kind.cost and (callers != 64 or p99 <= kind.p99)
    worst = min(rounds, key=lambda one: one.rate)
    return Row(
        f"{kind.name}, {callers} callers", words(rate, p99, cost),
        words(worst.rate, worst.p99, worst.cost), target, met,
    )  # fmt: skip


def words(rate: float, p99: float, cost: float) -> str:
    """One round in words."""
    return f"{rate:,.0f}/s, p99 {p99 * 1000:.1f} ms, {cost:.0f} µs of the store"


def pending(state: Path, count: int) -> Row:
    """A store that starts with so many runs, and what it holds."""
    uvloop.run(filled(state, count))
    begun = time.perf_counter()
    keeper = started(state, HELD)
    ready = time.perf_counter() - begun
    usage = Usage()
    usage.look([keeper.process])
    keeper.stop(10)
    text = f"ready after {ready:.2f} s, {usage.pss / MIB:.0f} MiB"
    met = ready < 2 and usage.pss < 60 * MIB
    return Row(f"start with {count:,} runs pending", text, text, "2 s, 60 MiB", met)


async def filled(state: Path, count: int) -> None:
    """Accept so many runs that wait."""
    keeper = await asyncio.to_thread(started, state, HELD)
    store = SqliteStore(store_socket(state))
    load = Load(store, KINDS[0])

    async def some() -> None:
        for _ in range(count // 256 + 1):
            await store.accept(load._new())

    await asyncio.gather(*(some() for _ in range(256)))
    await store.close()
    await asyncio.to_thread(keeper.stop, 10)


def run_measured(work: Coroutine[Any, Any, Round]) -> Round:
    """On the event loop that workers have."""
    return uvloop.run(work)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=3, show_default=True, help="A round.")
@click.option("--pending", "many", type=click.IntRange(1), default=100_000, show_default=True)
@command.format_option
def main(rounds: int, seconds: int, many: int, form: str) -> None:
    """Accepts runs with 64 and 256 callers over one connection, and finishes some of them; each is
    on disk before its caller goes on. Then starts a store with many runs pending.

    \b
    python -m benchmarks.store                                     about two minutes
    python -m benchmarks.store --rounds 1 --seconds 1 --pending 10000

    \b
    Exit status: 0 as promised; 1 not; 2 wrong usage, or the store does not start.
    """

    set_up_logs("json", "error")

    def measure(workdir: Path) -> list[Row]:
        found: dict[tuple[int, int], list[Round]] = {}
        for number in range(rounds):
            for callers in (64, 256):
                for index, kind in enumerate(KINDS):
                    state = workdir / f"{number}-{callers}-{index}"
                    one = run_measured(measured(state, kind, callers, seconds))
                    found.setdefault((index, callers), []).append(one)
        rows = [row(KINDS[index], callers, results) for (index, callers), results in found.items()]
        return [*rows, pending(workdir / "pending", many)]

    command.run("benchmarks.store", [], measure, form)


if __name__ == "__main__":
    main()
