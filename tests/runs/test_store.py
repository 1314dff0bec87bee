"""What every store promises to those who wait, ask, list and leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from gateway.ids import uuid7
from gateway.runs.breaker import FIRST_OPEN, IN_A_ROW
from gateway.runs.run import (
    Accepted,
    Assignment,
    NewRun,
    Policies,
    Policy,
    Query,
    Record,
    Result,
    Selection,
    State,
)
from gateway.runs.store import RunStore, StoreFull, StoreUnavailable
from tests.runs.bench import Bench
from tests.runs.engines import ENGINES

POLICY = Policy(target="http://workflows:80", concurrency=20, limit=50, after=(10,), give_up=1000)


class Site:
    """One worker at one store with one hook, `orders`."""

    def __init__(self, bench: Bench, store: RunStore) -> None:
        self.bench = bench
        self.store = store
        self.assigned: list[Assignment] = []
        store.deliver(self.assigned.append, lambda _run, _attempt: None, 20)

    async def accept(self, start: bool = True, **more: Any) -> str:
        """The id of a run that the store has now."""
        new = a_run(start=start, **more)
        answer = await self.store.accept(new)
        assert isinstance(answer, Accepted)
        return answer.run

    async def end(self, run: str, outcome: Any = "succeeded", **more: Any) -> None:
        record = await self.record(run)
        result = Result(run=run, attempt=record.attempts, outcome=outcome, **more)
        assert await self.store.report(result)

    async def record(self, run: str) -> Record:
        record = await self.store.record(run)
        assert record is not None
        return record


def a_run(**more: Any) -> NewRun:
    given = {"hook": "orders", "invocation": b"data", "gate": b"8 bytes.", "give_up": 1000.0}
    return NewRun(**{"id": uuid7(), **given, **more})


@asynccontextmanager
async def a_site(engine: str, policy: Policy = POLICY) -> AsyncIterator[Site]:
    bench = ENGINES[engine]()
    await bench.open(Policies(1, {"orders": policy}))
    try:
        yield Site(bench, await bench.join())
    finally:
        await bench.close()


Promise = Callable[[Site], Coroutine[Any, Any, None]]


def promised(promise: Promise) -> Callable[[str], None]:
    """A test of each engine: `promise` is given a site."""

    @pytest.mark.parametrize("engine", ENGINES)
    def test(engine: str) -> None:
        async def kept() -> None:
            async with a_site(engine) as site:
                await promise(site)

        asyncio.run(kept())

    return test


@promised
async def test_who_waits_is_told_as_soon_as_the_run_is_final(site: Site) -> None:
    run = await site.accept()
    waiting = asyncio.create_task(site.store.wait(run, 30))
    await asyncio.sleep(0)
    await site.end(run, answer=b"outputs")
    record = await waiting
    assert record is not None
    assert (record.state, record.answer) == (State.SUCCEEDED, b"outputs")


@promised
async def test_who_waits_is_told_at_once_that_the_next_attempt_is_too_late(site: Site) -> None:
    run = await site.accept()
    waiting = asyncio.create_task(site.store.wait(run, 30))
    await asyncio.sleep(0)
    await site.end(run, "retry", delay=100)
    record = await waiting
    assert record is not None
    assert (record.state, record.attempts) == (State.QUEUED, 1)
    assert record.next_attempt == site.bench.now() + 100


@promised
async def test_who_waits_long_enough_for_nothing_is_told_where_the_run_is(site: Site) -> None:
    run = await site.accept()
    record = await site.store.wait(run, 0.01)
    assert record is not None
    assert record.state is State.RUNNING


@promised
async def test_nobody_waits_for_a_run_that_is_not_there(site: Site) -> None:
    assert await site.store.wait(uuid7(), 30) is None
    assert await site.store.record(uuid7()) is None
    assert await site.store.show(uuid7()) is None
    assert await site.store.payload(uuid7()) is None


@promised
async def test_what_was_accepted_is_given_back_byte_for_byte(site: Site) -> None:
    invocation = bytes(range(256)) * 20
    run = await site.accept(invocation=invocation)
    assert await site.store.payload(run) == invocation
    detail = await site.store.show(run)
    assert detail is not None
    assert (detail.size, detail.gate) == (len(invocation), b"8 bytes.")


@promised
async def test_each_attempt_is_shown_with_its_end(site: Site) -> None:
    run = await site.accept()
    await site.end(run, "retry", status_code=503, reason="answered 503", duration_ms=12)
    await site.bench.settle()
    await site.end(run, status_code=200, duration_ms=34)
    detail = await site.store.show(run)
    assert detail is not None
    assert [
        (one.number, one.outcome, one.status_code, one.duration_ms) for one in detail.attempts
    ] == [(1, "retry", 503, 12), (2, "succeeded", 200, 34)]


@promised
async def test_pages_hold_every_run_once_newest_first(site: Site) -> None:
    runs = [await site.accept(start=False) for _ in range(7)]
    listed: list[str] = []
    after = ""
    while True:
        page = await site.store.list(Query(limit=3, after=after))
        listed += [record.run for record in page.runs]
        after = page.next
        if not after:
            break
        await site.accept()
    assert listed == runs[::-1]


@promised
async def test_runs_are_listed_by_hook_state_and_time(site: Site) -> None:
    old = await site.accept()
    await site.bench.advance(10)
    new = await site.accept()
    await site.end(new)
    middle = site.bench.now() - 5

    async def listed(**asked: Any) -> list[str]:
        return [record.run for record in (await site.store.list(Query(**asked))).runs]

    assert await listed(hook="orders") == [new, old]
    assert await listed(hook="others") == []
    assert await listed(state=State.RUNNING) == [old]
    assert await listed(since=middle) == [new]
    assert await listed(until=middle) == [old]


@promised
async def test_a_command_changes_what_its_times_select(site: Site) -> None:
    old = await site.accept()
    await site.bench.advance(10)
    await site.accept()
    changed = await site.store.cancel(Selection(hook="orders", until=site.bench.now() - 5))
    assert changed.runs == (old,)


@promised
async def test_a_full_hook_refuses_until_there_is_some_room(site: Site) -> None:
    runs = [await site.accept() for _ in range(POLICY.limit)]
    with pytest.raises(StoreFull) as refused:
        await site.accept()
    assert dict(refused.value.headers)[b"retry-after"] == b"5"
    stats = await site.store.stats()
    assert stats.refused == {"limit": 1}
    await site.store.cancel(Selection(runs=tuple(runs[:2])))
    with pytest.raises(StoreFull):
        await site.accept()
    await site.store.cancel(Selection(runs=tuple(runs[2:5])))
    await site.accept()


@promised
async def test_a_full_hook_still_knows_its_duplicates(site: Site) -> None:
    key: dict[str, Any] = {"key": b"k" * 16, "key_within": 60.0}
    first = await site.accept(**key)
    for _ in range(POLICY.limit - 1):
        await site.accept()
    answer = await site.store.accept(a_run(**key))
    assert answer.run == first


@promised
async def test_a_target_that_is_down_is_asked_once_a_period(site: Site) -> None:
    runs = [await site.accept() for _ in range(IN_A_ROW)]
    for run in runs:
        await site.end(run, "retry", delay=1, blames_target=True)
    site.assigned.clear()
    await site.bench.advance(1)
    await site.bench.settle()
    assert site.assigned == []
    assert (await site.store.stats()).targets[POLICY.target].breaker == "open"
    await site.bench.advance(FIRST_OPEN * 1.2)
    await site.bench.settle()
    assert len(site.assigned) == 1


@promised
async def test_a_target_that_asks_for_a_pause_has_it(site: Site) -> None:
    run = await site.accept()
    await site.end(run, "retry", delay=1, pause_target=60)
    await site.accept()
    await site.bench.settle()
    assert site.assigned == []
    await site.bench.advance(60)
    await site.bench.settle()
    assert len(site.assigned) == 2


@promised
async def test_stats_tell_how_many_runs_are_where(site: Site) -> None:
    runs = [await site.accept() for _ in range(4)]
    await site.end(runs[0])
    await site.end(runs[1], "retry", delay=10)
    await site.end(runs[2], "dead")
    stats = await site.store.stats()
    hook = stats.hooks["orders"]
    assert (hook.states[State.RUNNING], hook.states[State.QUEUED]) == (1, 1)
    assert hook.states[State.DEAD] == 1
    assert hook.accepted == 4
    assert hook.attempts == {"succeeded": 1, "retry": 1, "dead": 1}
    assert hook.finished == {State.SUCCEEDED: 1, State.DEAD: 1}
    assert stats.runs == 2
    assert stats.targets[POLICY.target].in_flight == 1


@promised
async def test_a_hook_that_is_gone_keeps_its_runs_and_says_why_they_stand(site: Site) -> None:
    await site.bench.follow(Policies(2, {}))
    run = await site.accept()
    await site.bench.settle()
    assert site.assigned == []
    assert "no hook of this name" in (await site.record(run)).held
    await site.bench.follow(Policies(3, {"orders": POLICY}))
    await site.bench.settle()
    assert [one.run for one in site.assigned] == [run]


@promised
async def test_a_worker_that_drains_is_given_nothing_and_waits_for_what_it_has(site: Site) -> None:
    run = await site.accept()
    draining = asyncio.create_task(site.store.drain())
    await asyncio.sleep(0)
    late = await site.accept()
    assert (await site.record(late)).state is State.QUEUED
    assert not draining.done()
    await site.end(run)
    await asyncio.wait_for(draining, 10)


@promised
async def test_a_worker_that_left_can_do_nothing_more(site: Site) -> None:
    await site.store.close()
    with pytest.raises(StoreUnavailable) as refused:
        await site.accept()
    assert dict(refused.value.headers)[b"retry-after"] == b"30"


@promised
async def test_what_a_worker_leaves_goes_to_another(site: Site) -> None:
    run = await site.accept()
    other = Site(site.bench, await site.bench.join())
    await site.store.close()
    await site.bench.settle()
    assert [(one.run, one.attempt, one.tries) for one in other.assigned] == [(run, 2, 0)]


@promised
async def test_ordered_hooks_have_one_run_of_a_lane_in_flight(site: Site) -> None:
    policy = msgspec.structs.replace(POLICY, ordered="continue")
    await site.bench.follow(Policies(2, {"orders": policy}))
    runs = [await site.accept(lane=b"l" * 16) for _ in range(3)]
    delivered = [runs[0]]
    while len(delivered) < 3:
        await site.end(delivered[-1], "dead" if len(delivered) == 1 else "succeeded")
        await site.bench.settle()
        assert len(site.assigned) == len(delivered)
        delivered.append(site.assigned[-1].run)
    assert delivered == runs


@promised
async def test_a_lane_goes_on_when_the_dead_run_that_holds_it_is_purged(site: Site) -> None:
    policy = msgspec.structs.replace(POLICY, ordered="hold", keep_dead=50)
    await site.bench.follow(Policies(2, {"orders": policy}))
    first = await site.accept(lane=b"l" * 16)
    behind = await site.accept(lane=b"l" * 16)
    await site.end(first, "dead")
    assert (await site.record(behind)).state is State.WAITING
    await site.bench.advance(50)
    await site.bench.settle()
    assert [one.run for one in site.assigned] == [behind]
