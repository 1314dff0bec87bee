"""Which processes have ended, by the clock of the database, which a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.runs.postgres.owners import SILENT
from gateway.runs.postgres.store import PostgresStore
from gateway.runs.run import Assignment, Policies, Result
from tests.runs.postgres.bench import PostgresBench
from tests.runs.postgres.stores import POLICY, a_run, in_loop


@asynccontextmanager
async def bench() -> AsyncIterator[PostgresBench]:
    made = PostgresBench()
    await made.open(Policies(1, {"orders": POLICY}))
    try:
        yield made
    finally:
        await made.close()


async def worker(at: PostgresBench, started: list[Assignment]) -> PostgresStore:
    made = await at.join()
    made.deliver(started.append, lambda _run, _attempt: None, 10)
    await at.settle()
    assert isinstance(made, PostgresStore)
    return made


def done(given: Assignment) -> Result:
    return Result(run=given.run, attempt=given.attempt, outcome="succeeded")


@in_loop
async def test_the_runs_of_a_process_that_stands_still_are_anothers_for_good() -> None:
    async with bench() as at:
        started: list[Assignment] = []
        still = await worker(at, [])
        other = await worker(at, started)
        run = (await still.accept(a_run())).run
        at.leave_alone(still)
        for _ in range(SILENT // 5 + 1):
            assert started == []
            await at.advance(5)
        await at.settle()
        [given] = started
        assert (given.run, given.attempt, given.tries) == (run, 2, 0)
        first = Result(run=run, attempt=1, outcome="succeeded")
        assert not await still.report(first)
        assert await other.report(done(given))
        assert not await still.report(first)
        assert (await still.stats()).late_results == 2
        await still.close()


@in_loop
async def test_nobody_has_ended_because_the_database_was_away_from_all_of_them() -> None:
    async with bench() as at:
        started: list[Assignment] = []
        still = await worker(at, [])
        await worker(at, started)
        run = (await still.accept(a_run())).run
        at.leave_alone(still)
        await at.advance(10 * SILENT)
        await at.advance(5)
        assert started == []
        await still.turn(every=True)
        for _ in range(SILENT // 5 + 1):
            await at.advance(5)
            await still.turn(every=True)
        assert started == []
        assert await still.report(Result(run=run, attempt=1, outcome="succeeded"))
        await still.close()
