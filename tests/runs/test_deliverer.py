"""A worker makes the attempts it is assigned, and says truly how each ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from gateway.runs.deliverer import CREDIT
from gateway.runs.judging import Delivery
from gateway.runs.run import Assignment, Record, State
from gateway.runs.schedule import Ended, Schedule
from gateway.runs.selection import Selection
from gateway.runs.store import StoreUnavailable
from gateway.runs.waiting import Finished
from tests.runs.executors import ScriptedExecutor, answered, delivering


def run_in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run


async def never(_assignment: Assignment) -> Delivery:
    await asyncio.Event().wait()
    raise AssertionError


@run_in_loop
async def test_a_run_is_delivered_with_what_was_prepared() -> None:
    async with delivering(answered(200, answer=b"outputs")) as worker:
        run, expected = await worker.accept()
        assert expected is not None
        record = await worker.final(run)
        assert (record.state, record.status_code, record.answer) == (
            State.SUCCEEDED, 200, b"outputs",
        )  # fmt: skip
        (made,) = worker.executors["orders"].made
        assert made[1] == "prepared"


@run_in_loop
async def test_what_failed_is_tried_again_from_what_was_stored() -> None:
    async with delivering(answered(503), answered(503), answered(200)) as worker:
        run, _ = await worker.accept()
        assert (await worker.final(run)).attempts == 3
        made = worker.executors["orders"].made
        assert [(one.attempt, one.tries, prepared) for one, prepared in made] == [
            (1, 0, "prepared"), (2, 1, None), (3, 2, None),
        ]  # fmt: skip
        assert [result.outcome for result in worker.results] == ["retry", "retry", "succeeded"]


@run_in_loop
async def test_a_run_whose_tries_are_used_up_is_dead_and_says_why() -> None:
    async with delivering(answered(500)) as worker:
        run, _ = await worker.accept()
        record = await worker.final(run)
        assert (record.state, record.attempts) == (State.DEAD, 3)
        assert record.reason == "the workflow answered 500"


@run_in_loop
async def test_no_retry_is_told_of_a_run_that_is_given_up_before_it() -> None:
    async with delivering(answered(503)) as worker:
        worker.executors["orders"].schedule = Schedule((3600.0,))
        run, expected = await worker.accept(give_up=30)
        assert expected is not None
        record = await worker.final(run)
        assert (record.state, record.attempts) == (State.DEAD, 1)
        assert [(one.outcome, one.delay) for one in worker.results] == [("dead", 0)]


@run_in_loop
async def test_a_retry_is_given_up_by_the_age_of_its_run() -> None:
    async with delivering(answered(503)) as worker:
        worker.executors["orders"].schedule = Schedule((0.4, 0.4, 0.4, 0.4))
        run, _ = await worker.accept(give_up=1.0)
        record = await worker.final(run)
        assert (record.state, record.attempts) == (State.DEAD, len(worker.results))
        assert [one.outcome for one in worker.results][-2:] == ["retry", "dead"]


@run_in_loop
async def test_outputs_that_cannot_be_made_end_the_run_as_the_workflow_did_run() -> None:
    async with delivering(answered(200, final=True)) as worker:
        run, _ = await worker.accept()
        record = await worker.final(run)
        assert (record.state, record.attempts, record.status_code) == (State.DEAD, 1, 200)


@run_in_loop
async def test_a_fault_of_ours_is_told_and_the_run_is_tried_again() -> None:
    async def fails(_assignment: Assignment) -> Delivery:
        raise ZeroDivisionError("secret")

    async with delivering(fails, answered(200)) as worker:
        run, _ = await worker.accept()
        assert (await worker.final(run)).attempts == 2
        assert isinstance(worker.faults[0], ZeroDivisionError)
        assert "secret" not in worker.results[0].reason
        assert not worker.results[0].blames_target


@run_in_loop
async def test_a_fault_before_the_attempt_burns_none_and_loses_no_run() -> None:
    async with delivering(answered(200)) as worker:
        worker.executors["orders"].problem = lambda: 1 / 0  # type: ignore[assignment, return-value]
        run, _ = await worker.accept()
        await worker.ended(1)
        record = await worker.store.record(run)
        assert record is not None
        assert record.state is State.QUEUED
        assert "the gateway failed" in record.held
        assert isinstance(worker.faults[0], ZeroDivisionError)


@run_in_loop
async def test_a_hook_that_cannot_make_attempts_burns_none() -> None:
    async with delivering(answered(200)) as worker:
        worker.executors["orders"].wrong = "the secret 'token' is missing"
        run, _ = await worker.accept()
        await worker.ended(1)
        record = await worker.store.record(run)
        assert record is not None
        assert (record.state, record.held) == (State.QUEUED, "the secret 'token' is missing")
        assert worker.executors["orders"].made == []


@run_in_loop
async def test_a_hook_that_is_gone_burns_no_attempts() -> None:
    async with delivering(answered(200)) as worker:
        worker.executors.clear()
        run, _ = await worker.accept()
        await worker.ended(1)
        record = await worker.store.record(run)
        assert record is not None
        assert (record.state, record.held) == (State.QUEUED, "no durable hook of this name")


@run_in_loop
async def test_a_cancelled_run_is_aborted_and_nobody_reports_it() -> None:
    async with delivering(never) as worker:
        run, expected = await worker.accept()
        waiting = asyncio.create_task(worker.waiting.outcome(run, 20, expected))
        await asyncio.sleep(0)
        await worker.store.cancel(Selection(runs=(run,)))
        assert await waiting is None
        assert (await worker.final(run)).state is State.CANCELLED
        assert worker.deliverer.in_flight == 0
        assert worker.results == []


@run_in_loop
async def test_a_result_is_reported_until_the_store_has_it() -> None:
    async with delivering(answered(200)) as worker:
        report = worker.store.report
        refused: list[Any] = []

        async def unavailable(result: Any) -> bool:
            if len(refused) < 2:
                refused.append(result)
                raise StoreUnavailable("")
            return await report(result)

        worker.store.report = unavailable  # type: ignore[method-assign]
        run, _ = await worker.accept()
        assert (await worker.final(run)).state is State.SUCCEEDED
        assert len(worker.executors["orders"].made) == 1


@run_in_loop
async def test_a_drain_lets_attempts_end_and_takes_no_more() -> None:
    let = asyncio.Event()

    async def slow(_assignment: Assignment) -> Delivery:
        await let.wait()
        return answered(200)

    async with delivering(slow) as worker:
        run, _ = await worker.accept()
        draining = asyncio.create_task(worker.deliverer.drain(20))
        await asyncio.sleep(0)
        assert not worker.deliverer.takes
        late, began = await worker.accept()
        assert began is None
        let.set()
        await draining
        assert (await worker.final(run)).state is State.SUCCEEDED
        record = await worker.store.record(late)
        assert record is not None
        assert record.state is State.QUEUED


@run_in_loop
async def test_a_drain_lets_attempts_end_while_the_store_is_away() -> None:
    let = asyncio.Event()

    async def slow(_assignment: Assignment) -> Delivery:
        await let.wait()
        return answered(200)

    async with delivering(slow) as worker:
        run, _ = await worker.accept()
        await asyncio.sleep(0)

        async def unavailable() -> None:
            raise StoreUnavailable("")

        worker.store.drain = unavailable  # type: ignore[method-assign]
        draining = asyncio.create_task(worker.deliverer.drain(20))
        await asyncio.sleep(0)
        let.set()
        await draining
        assert (await worker.final(run)).state is State.SUCCEEDED


@run_in_loop
async def test_what_a_drain_cuts_short_is_not_counted() -> None:
    async with delivering(never) as worker:
        run, _ = await worker.accept()
        await asyncio.sleep(0)
        await worker.deliverer.drain(0.01)
        detail = await worker.store.show(run)
        assert detail is not None
        assert (detail.record.state, detail.tries, detail.interrupted) == (State.QUEUED, 0, 0)
        assert worker.deliverer.in_flight == 0


@run_in_loop
async def test_a_worker_makes_no_more_attempts_at_a_time_than_its_credit() -> None:
    async with delivering(never) as worker:
        for _ in range(20):
            await worker.accept()
        await asyncio.sleep(0)
        assert worker.deliverer.in_flight == 16 < CREDIT


@run_in_loop
async def test_who_waits_is_given_the_reply_itself() -> None:
    async with delivering(answered(200, reply="the whole reply")) as worker:
        run, expected = await worker.accept()
        outcome = await worker.waiting.outcome(run, 20, expected)
        assert isinstance(outcome, Finished)
        assert outcome.reply == "the whole reply"
        assert outcome.result.outcome == "succeeded"


@run_in_loop
async def test_who_waits_is_told_of_a_later_attempt_in_time() -> None:
    async with delivering(answered(503), answered(200, answer=b"outputs")) as worker:
        run, expected = await worker.accept()
        outcome = await worker.waiting.outcome(run, 20, expected)
        assert isinstance(outcome, Record)
        assert (outcome.state, outcome.answer) == (State.SUCCEEDED, b"outputs")


@run_in_loop
async def test_nobody_waits_for_an_attempt_that_is_too_late() -> None:
    async with delivering(answered(503)) as worker:
        retry = Delivery(ended=Ended(503, retry_after=b"1000"), reason="down")
        worker.executors["orders"] = ScriptedExecutor(retry)
        run, expected = await worker.accept()
        outcome = await asyncio.wait_for(worker.waiting.outcome(run, 20, expected), 10)
        assert isinstance(outcome, Finished)
        assert (outcome.result.outcome, outcome.result.reason) == ("dead", "down")
        assert (await worker.final(run)).state is State.DEAD


@run_in_loop
async def test_who_waits_is_told_nothing_where_the_store_is_away() -> None:
    async with delivering(answered(503), answered(200)) as worker:

        async def unavailable(_run: str, _seconds: float) -> Record | None:
            raise StoreUnavailable("")

        worker.store.wait = unavailable  # type: ignore[assignment]
        run, expected = await worker.accept()
        assert await worker.waiting.outcome(run, 20, expected) is None


@run_in_loop
async def test_time_is_up_while_the_attempt_goes_on() -> None:
    async with delivering(never) as worker:
        run, expected = await worker.accept()
        assert await worker.waiting.outcome(run, 0.01, expected) is None
        record = await worker.store.record(run)
        assert record is not None
        assert record.state is State.RUNNING


@pytest.mark.parametrize("here", [True, False])
def test_nobody_waits_once_the_process_drains(here: bool) -> None:
    async def waits() -> None:
        async with delivering(never) as worker:
            run, expected = await worker.accept()
            given = expected if here else None
            waiting = asyncio.create_task(worker.waiting.outcome(run, 20, given))
            await asyncio.sleep(0)
            worker.waiting.release()
            assert await asyncio.wait_for(waiting, 10) is None
            given = worker.waiting.expect(run) if here else None
            assert await asyncio.wait_for(worker.waiting.outcome(run, 20, given), 10) is None

    asyncio.run(waits())


@run_in_loop
async def test_attempts_take_half_of_the_memory_for_bodies_and_go_on_when_they_have_a_quarter() -> (
    None
):
    """Each holds a request of four bytes twice."""
    gates = [asyncio.Event() for _ in range(6)]
    waiting = iter(gates)

    async def gated(_assignment: Assignment) -> Delivery:
        await next(waiting).wait()
        return answered(200)

    async with delivering(gated, memory=64) as worker:
        runs = [(await worker.accept())[0] for _ in gates]
        made = worker.executors["orders"].made
        await settled()
        assert (len(made), worker.memory.held, worker.deliverer.takes) == (4, 32, False)
        gates[0].set()
        await worker.ended(1)
        await settled()
        assert (len(made), worker.memory.held) == (4, 24), "not with each that ends"
        gates[1].set()
        await worker.ended(2)
        await settled()
        assert (len(made), worker.memory.held, worker.deliverer.takes) == (6, 32, False)
        for gate in gates:
            gate.set()
        assert {(await worker.final(run)).state for run in runs} == {State.SUCCEEDED}
        await settled()
        assert (worker.memory.held, worker.deliverer.takes) == (0, True)


@run_in_loop
async def test_a_request_that_is_larger_than_all_memory_is_delivered_alone() -> None:
    async with delivering(answered(200), memory=1) as worker:
        runs = [(await worker.accept())[0] for _ in range(3)]
        assert {(await worker.final(run)).state for run in runs} == {State.SUCCEEDED}


async def settled() -> None:
    """Let everything happen that waits for nothing."""
    for _ in range(20):
        await asyncio.sleep(0)
