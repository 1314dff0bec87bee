"""Whatever is killed, whatever was accepted is delivered: some of it twice, none of it never."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import tempfile
from pathlib import Path

from gateway.runs.run import Accepted, Assignment, Policies, State
from gateway.runs.selection import Query
from gateway.runs.sqlite.client import SqliteStore
from gateway.runs.store import StoreUnavailable
from tests.runs.sqlite.given import done, in_loop, new_run
from tests.runs.sqlite.stores import PATIENCE, StoreProcess, connected

CALLERS = 16


class Delivery:
    """A worker whose workflow takes no time, and what it delivered."""

    def __init__(self, client: SqliteStore) -> None:
        self.client = client
        self.delivered: dict[str, int] = {}
        self.accepted: set[str] = set()
        self.refused = 0
        self._reports: set[asyncio.Task[bool]] = set()
        client.serving(Policies(1, {}))
        client.deliver(self.start, lambda _run, _attempt: None, 128)

    def start(self, given: Assignment) -> None:
        """Deliver at once, and say so."""
        self.delivered[given.run] = self.delivered.get(given.run, 0) + 1
        report = asyncio.create_task(self.client.report(done(given.run, given.attempt)))
        self._reports.add(report)
        report.add_done_callback(self._reports.discard)

    async def call(self, over: asyncio.Event) -> None:
        """A caller that goes on until it is over."""
        while not over.is_set():
            new = new_run(invocation=b"x" * 300)
            try:
                answer = await self.client.accept(new)
            except StoreUnavailable:
                self.refused += 1
                await asyncio.sleep(0.01)
                continue
            self.accepted.add(answer.run)
            if isinstance(answer, Accepted) and answer.attempt:
                self.start(Assignment(new.id, new.hook, answer.attempt, 0, new.invocation))


async def kills(state: Path, rounds: int, seconds: float) -> tuple[int, int, int]:
    """Kill the store under load, so often; how much was accepted, refused, delivered twice."""
    store = StoreProcess(state)
    await asyncio.to_thread(store.ready)
    delivery = Delivery(await connected(store.socket))
    over = asyncio.Event()
    callers = [asyncio.create_task(delivery.call(over)) for _ in range(CALLERS)]
    try:
        for _ in range(rounds):
            await asyncio.sleep(random.uniform(0.2, 1) * seconds)  # noqa: S311
            store.kill()
            store = StoreProcess(state, workers=1)
            await asyncio.to_thread(store.ready)
        over.set()
        await asyncio.gather(*callers)
        await nothing_is_unfinished(delivery.client)
        lost = delivery.accepted - set(delivery.delivered)
        assert not lost, f"{len(lost)} runs were promised and never delivered"
        twice = sum(count > 1 for count in delivery.delivered.values())
        return len(delivery.accepted), delivery.refused, twice
    finally:
        await delivery.client.close()
        store.close()


async def nothing_is_unfinished(client: SqliteStore) -> None:
    """Wait until every run has ended."""
    async with asyncio.timeout(PATIENCE):
        while (await client.stats()).runs:  # noqa: ASYNC110 - in another process
            await asyncio.sleep(0.02)


@in_loop
async def test_a_store_that_is_killed_under_load_loses_nothing(tmp_path: Path) -> None:
    accepted, _, _ = await kills(tmp_path, rounds=3, seconds=0.3)
    assert accepted


@in_loop
async def test_nothing_is_delivered_twice_that_the_store_knew_as_delivered(tmp_path: Path) -> None:
    """A worker that lives through the store's end tells the next one what it holds."""
    _, _, twice = await kills(tmp_path, rounds=2, seconds=0.3)
    assert twice == 0


async def workers(state: Path, rounds: int) -> None:
    """Kill one of two workers that hold runs, so often; the other one has them all in the end."""
    store = StoreProcess(state)
    await asyncio.to_thread(store.ready)
    stays = Delivery(await connected(store.socket))
    accepted = set()
    for _ in range(rounds):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.runs.sqlite.holder", store.socket, "20",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        for _ in range(20):
            accepted.add((await process.stdout.readline()).decode().strip())
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    await nothing_is_unfinished(stays.client)
    records = (await stays.client.list(Query(limit=200))).runs
    assert {one.run for one in records} == accepted == set(stays.delivered)
    assert {(one.state, one.attempts) for one in records} == {(State.SUCCEEDED, 2)}
    await stays.client.close()
    store.close()


@in_loop
async def test_what_a_killed_worker_had_in_flight_goes_to_another(tmp_path: Path) -> None:
    await workers(tmp_path, rounds=2)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        result = asyncio.run(kills(Path(directory), int(sys.argv[1]), 0.5))
    print("accepted {}, refused {}, delivered twice {}, lost 0".format(*result))  # noqa: T201
