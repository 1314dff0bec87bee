"""What every store promises to those who wait for runs and ask about them."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from gateway.ids import uuid7
from gateway.runs.run import State
from gateway.runs.selection import Query, Selection
from tests.runs.promises import POLICY, Site, promised


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
async def test_a_change_of_many_goes_on_where_it_reached_its_limit(site: Site) -> None:
    runs = [await site.accept() for _ in range(5)]
    for run in runs:
        await site.end(run, "dead")
    which = Selection(hook="orders", state=State.DEAD, limit=2)
    counted = await site.store.replay(msgspec.structs.replace(which, dry_run=True), anew=True)
    assert (counted.matched, counted.changed) == (2, 0)
    seen, steps = [], 0
    while steps == 0 or which.after:
        changed = await site.store.replay(which, anew=True)
        copies = [await site.record(run) for run in changed.runs]
        seen += [copy.replay_of for copy in copies]
        for copy in copies:
            await site.bench.settle()
            await site.end(copy.run, "dead")
        which, steps = msgspec.structs.replace(which, after=changed.next), steps + 1
    assert (seen, steps) == (runs, 3)


@promised
async def test_dead_runs_are_cancelled_where_they_are_asked_for(site: Site) -> None:
    dead, running = await site.accept(), await site.accept()
    await site.end(dead, "dead")
    assert (await site.store.cancel(Selection(runs=(dead,)))).matched == 0
    changed = await site.store.cancel(Selection(hook="orders", state=State.DEAD))
    assert changed.runs == (dead,)
    assert (await site.record(running)).state is State.RUNNING


@promised
async def test_what_was_accepted_is_given_back_byte_for_byte(site: Site) -> None:
    invocation = bytes(range(256)) * 20
    run = await site.accept(invocation=invocation)
    assert await site.store.payload(run) == invocation
    detail = await site.store.show(run)
    assert detail is not None
    assert (detail.size, detail.gate) == (len(invocation), b"32 bytes")


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
