"""What every store promises about what starts, and about what does not start twice."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from gateway.runs.breaker import FIRST_OPEN, IN_A_ROW
from gateway.runs.endings import INTERRUPTIONS
from gateway.runs.run import Accepted, Duplicate, Policies, State
from gateway.runs.selection import Selection
from gateway.runs.store import StoreFull, StoreUnavailable
from tests.runs.promises import POLICY, Site, a_run, promised


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
async def test_a_hook_that_is_gone_keeps_its_runs_and_says_why_they_stand(site: Site) -> None:
    await site.bench.follow(Policies(2, {}))
    run = await site.accept()
    await site.bench.settle()
    assert site.assigned == []
    assert "no durable hook of this name" in (await site.record(run)).held
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


@promised
async def test_a_run_that_ends_its_workers_is_dead_and_others_go_on(site: Site) -> None:
    poison = await site.accept()
    for attempt in range(2, INTERRUPTIONS + 1):
        await site.bench.crash(site.store)
        site = Site(site.bench, await site.bench.join())
        await site.bench.advance(2 * POLICY.after[0])
        await site.bench.settle()
        assert [(one.run, one.attempt, one.tries) for one in site.assigned] == [
            (poison, attempt, 0)
        ]
    await site.bench.crash(site.store)
    site = Site(site.bench, await site.bench.join())
    await site.bench.settle()
    assert site.assigned == []
    assert (await site.record(poison)).state is State.DEAD
    assert (await site.record(await site.accept())).state is State.RUNNING


@promised
async def test_a_key_is_taken_until_its_window_ends(site: Site) -> None:
    key: dict[str, Any] = {"key": b"k" * 16, "key_within": 60.0}
    first = await site.accept(**key)
    await site.end(first)
    await site.bench.advance(59)
    assert await site.store.accept(a_run(**key)) == Duplicate(first, State.SUCCEEDED)
    await site.bench.advance(1)
    assert isinstance(await site.store.accept(a_run(**key)), Accepted)


@promised
async def test_a_key_outlives_the_run_that_it_kept_from_running_twice(site: Site) -> None:
    key: dict[str, Any] = {"key": b"k" * 16, "key_within": 2 * POLICY.keep_succeeded}
    first = await site.accept(**key)
    await site.end(first)
    await site.bench.advance(POLICY.keep_succeeded)
    await site.bench.settle()
    assert await site.store.record(first) is None
    assert await site.store.accept(a_run(**key)) == Duplicate(first, State.SUCCEEDED)


@promised
async def test_a_dead_run_gives_its_key_to_the_sender_who_tries_again(site: Site) -> None:
    key: dict[str, Any] = {"key": b"k" * 16, "key_within": 60.0}
    await site.end(await site.accept(**key), "dead")
    again = await site.accept(**key)
    await site.end(again)
    assert await site.store.accept(a_run(**key)) == Duplicate(again, State.SUCCEEDED)


@promised
async def test_each_replay_of_a_run_that_succeeded_is_a_run_of_its_own(site: Site) -> None:
    run = await site.accept(invocation=b"as accepted")
    await site.end(run)
    which = Selection(runs=(run,))
    copies = [(await site.store.replay(which, anew=True)).runs[0] for _ in range(2)]
    await site.bench.settle()
    assert [one.run for one in site.assigned] == copies
    assert {one.invocation for one in site.assigned} == {b"as accepted"}
    assert len({run, *copies}) == 3
    assert [(await site.record(copy)).replay_of for copy in copies] == [run, run]


@promised
async def test_a_dead_run_is_replayed_under_its_own_id_with_all_its_tries(site: Site) -> None:
    run = await site.accept()
    await site.end(run, "dead")
    assert (await site.store.replay(Selection(runs=(run,)), anew=False)).runs == (run,)
    await site.bench.settle()
    assert [(one.run, one.attempt, one.tries) for one in site.assigned] == [(run, 2, 0)]
