"""What time does to runs and workers, by a clock that the test moves."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from typing import Any

import pytest

from gateway.errors import Conflict
from gateway.runs.run import NewRun, Policies, Policy, State
from gateway.runs.selection import Query, Selection
from gateway.runs.sqlite.client import SqliteStore
from tests.runs.sqlite.conftest import Start
from tests.runs.sqlite.given import Taken, done, in_loop, new_run
from tests.runs.sqlite.stores import PATIENCE, connected


async def turns(client: SqliteStore) -> None:
    """Let the store do what is due: one thing in each turn."""
    for _ in range(10):
        await client.stats()


@in_loop
async def test_a_worker_that_stands_still_for_forty_seconds_loses_its_runs_for_good(
    start: Start, clock: Any
) -> None:
    store = start(clock=clock)
    store.ready()
    stays = await connected(store.socket)
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.runs.sqlite.holder", store.socket, "5",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdin is not None
    runs = {(await holder.stdout.readline()).decode().strip() for _ in range(5)}
    os.kill(holder.pid, signal.SIGSTOP)
    taken = Taken(stays)
    async with asyncio.timeout(PATIENCE):
        for _ in range(8):
            clock.value += 5000
            await turns(stays)
        while len(taken.started) < 5:
            await turns(stays)
    assert {(one.run, one.attempt) for one in taken.started} == {(run, 2) for run in runs}
    os.kill(holder.pid, signal.SIGCONT)
    holder.stdin.write(b"report\n")
    assert await holder.stdout.readline() == b"0\n"
    assert all(await asyncio.gather(*(stays.report(done(run, 2)) for run in runs)))
    stats = await stays.stats()
    assert (stats.runs, stats.targets["http://workflows:80"].in_flight) == (0, 0)
    records = (await stays.list(Query())).runs
    assert {(one.state, one.attempts) for one in records} == {(State.SUCCEEDED, 2)}
    await holder.wait()
    await stays.close()


@in_loop
async def test_a_machine_that_slept_takes_nothing_from_workers_that_answer(
    start: Start, clock: Any
) -> None:
    store = start(clock=clock)
    store.ready()
    client = await connected(store.socket)
    taken = Taken(client)
    new = new_run(give_up=1e6)
    await client.accept(new)
    clock.value += 100_000_000
    await turns(client)
    assert taken.stopped == []
    assert await client.report(done(new.id))
    await client.close()


@in_loop
async def test_a_clock_that_is_set_back_between_two_stores_loses_nothing(
    start: Start, clock: Any
) -> None:
    store = start(clock=clock)
    store.ready()
    client = await connected(store.socket)
    taken = Taken(client)
    new = new_run()
    await client.accept(new)
    await client.report(done(new.id, outcome="retry", delay=10))
    store.kill()
    clock.value -= 100_000
    start(clock=clock).ready()
    for seconds in (0, 100, 10):
        assert taken.started == []
        clock.value += seconds * 1000
        await turns(client)
    assert [one.run for one in taken.started] == [new.id]
    await client.close()


@in_loop
async def test_a_backup_that_is_made_during_a_purge_is_sound(start: Start, clock: Any) -> None:
    policy = Policy(target="http://w:80", concurrency=512, keep_succeeded=60)
    store = start(clock=clock, policies=Policies(1, {"hook": policy}))
    store.ready()
    client = await connected(store.socket)
    Taken(client)
    for _ in range(4):
        runs = [new_run(invocation=b"x" * 4000) for _ in range(200)]
        await asyncio.gather(*map(client.accept, runs))
        await asyncio.gather(*(client.report(done(run.id)) for run in runs))
    clock.value += 61_000
    stays: list[NewRun] = []
    copying = asyncio.create_task(client.backup(store.state / "copy"))
    while not copying.done():
        clock.value += 100
        stays.append(new_run(start=False, give_up=1e6))
        await client.accept(stays[-1])
    await copying
    async with asyncio.timeout(PATIENCE):
        while (await client.list(Query(state=State.SUCCEEDED))).runs:
            clock.value += 100
    assert (await client.stats()).runs == len(stays)
    await client.close()
    with closing(sqlite3.connect(store.state / "copy")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        ((runs_kept, payloads),) = copy.execute(
            "SELECT count(*), count(payload.seq) FROM run LEFT JOIN payload USING (seq)"
        )
    assert 0 < runs_kept == payloads


@in_loop
async def test_everything_of_a_run_is_gone_after_its_retention(start: Start, clock: Any) -> None:
    policy = Policy(target="http://w:80", concurrency=512, keep_succeeded=60, keep_dead=60)
    store = start(clock=clock, policies=Policies(1, {"hook": policy}))
    store.ready()
    client = await connected(store.socket)
    Taken(client)
    runs = [new_run(key=bytes([number]) * 16, key_within=30) for number in range(100)]
    await asyncio.gather(*map(client.accept, runs))
    await asyncio.gather(*(client.report(end(number, run)) for number, run in enumerate(runs)))
    clock.value += 61_000
    async with asyncio.timeout(PATIENCE):
        while (await client.list(Query())).runs:
            await client.stats()
    for _ in range(3):
        clock.value += 1000
        await turns(client)
    await client.close()
    assert store.stop() == 0
    with closing(sqlite3.connect(store.state / "runs.db")) as file:
        tables = ("run", "payload", "outputs", "attempt", "dedup")
        counts = [file.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables]  # noqa: S608
    assert counts == [0, 0, 0, 0, 0]


def end(number: int, run: NewRun) -> Any:
    """Every other run is dead."""
    outcome, answer = ("dead", None) if number % 2 else ("succeeded", b"outputs")
    return done(run.id, outcome=outcome, answer=answer)


@in_loop
async def test_commands_go_over_more_runs_than_one_step_reads(start: Start) -> None:
    store = start(policies=Policies(1, {"hook": Policy(target="http://w:80", held="disabled")}))
    store.ready()
    client = await connected(store.socket)
    for _ in range(3):
        await asyncio.gather(*(client.accept(new_run()) for _ in range(150)))
    assert (await client.cancel(Selection(hook="hook", dry_run=True))).matched == 450
    changed = await client.cancel(Selection(hook="hook", state=State.QUEUED))
    assert (changed.matched, changed.changed, len(changed.runs)) == (450, 450, 100)
    again = await client.replay(Selection(hook="hook"), anew=False)
    assert (again.matched, again.changed) == (450, 450)
    assert (await client.stats()).hooks["hook"].states == {State.QUEUED: 450}
    await client.close()


@pytest.mark.parametrize("during", [False, True])
@in_loop
async def test_a_backup_is_a_store_with_everything_that_was_accepted_before_it(
    start: Start, during: bool
) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    runs = [new_run(invocation=b"x" * 4000) for _ in range(300)]
    for half in (runs[:150], runs[150:]):
        await asyncio.gather(*map(client.accept, half))
    copying = asyncio.create_task(client.backup(store.state / "copy"))
    if during:
        while not copying.done():
            await client.accept(new_run())
    assert await copying > 300 * 4000
    with pytest.raises(Conflict, match="File exists"):
        await client.backup(store.state / "copy")
    await client.close()
    other = store.state / "other"
    other.mkdir()
    (store.state / "copy").rename(other / "runs.db")
    assert start(state=other).ready().unfinished >= 300
