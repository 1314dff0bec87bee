"""A hook with a rate: no more attempts start than it allows, and what it allows starts in time."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest

from gateway.runs.run import Accepted, Policies, Policy, State
from gateway.runs.selection import Selection
from tests.runs.engines import ENGINES
from tests.runs.promises import POLICY, Site, a_run, a_site
from tests.runs.test_dispatcher import Engine, a_policy

PACED = msgspec.structs.replace(POLICY, rate=0.1, burst=2)
"""Two at once, and one each ten seconds."""


def a_pace(rate: float = 1, burst: float = 2, **more: Any) -> Policy:
    return msgspec.structs.replace(a_policy(**more), rate=rate, burst=burst)


def an_engine(policies: dict[str, Policy], **more: Any) -> Engine:
    """With a time before it in which nothing started."""
    engine = Engine(policies, **more)
    engine.now = 1000
    return engine


def test_after_the_burst_the_next_starts_when_the_dispatcher_wakes() -> None:
    engine = an_engine({"a": a_pace(concurrency=100)})
    engine.queue("a", 10)
    assert engine.turn() == {"a": 2}
    for number in range(1, 4):
        assert engine.dispatcher.agenda.wakes(engine.now) == 1000 + number
        engine.now = 999.9 + number
        assert not engine.turn()
        engine.now = 1000 + number
        assert engine.turn() == {"a": 1}


def test_the_first_attempt_of_a_process_waits_as_the_one_before_it_may_just_have_started() -> None:
    engine = Engine({"a": a_pace()})
    engine.queue("a", 3)
    assert not engine.turn()
    engine.now = 1
    assert engine.turn() == {"a": 1}


def test_a_hook_that_comes_later_has_its_burst() -> None:
    engine = an_engine({})
    engine.dispatcher.follow(Policies(1, {"a": a_pace()}), engine.now)
    engine.queue("a", 3)
    assert engine.turn() == {"a": 2}


def test_retries_count_as_first_attempts_do() -> None:
    engine = an_engine({"a": a_pace(burst=4)})
    engine.queue("a", 3)
    engine.queue("a", 3, again=True)
    assert engine.turn() == {"a": 4}


def test_a_new_run_starts_at_once_only_where_the_rate_allows_it() -> None:
    engine = an_engine({"a": a_pace(), "b": a_policy()})
    for number in range(2):
        assert engine.dispatcher.may_start("a", 1, engine.now)
        engine.dispatcher.started(str(number), "a", False, 1, engine.now)
    assert not engine.dispatcher.may_start("a", 1, engine.now)
    assert engine.dispatcher.may_start("b", 1, engine.now)
    assert engine.dispatcher.may_start("a", 1, engine.now + 1)


def test_a_new_run_does_not_overtake_those_that_wait_for_the_rate() -> None:
    engine = an_engine({"a": a_pace()})
    engine.queue("a", 3)
    engine.turn()
    assert not engine.dispatcher.may_start("a", 1, engine.now + 1)


def test_what_waits_for_its_rate_keeps_no_other_hook_of_the_target_waiting() -> None:
    engine = an_engine({"a": a_pace(), "b": a_policy()})
    engine.queue("a", 10)
    engine.queue("b", 3)
    assert engine.turn() == {"a": 2, "b": 3}


def test_an_attempt_that_goes_on_elsewhere_counts_once() -> None:
    engine = an_engine({"a": a_pace()})
    engine.dispatcher.resumed("r", "a", False, 1, engine.now)
    engine.queue("a", 3)
    assert engine.turn() == {"a": 2}


def test_many_hooks_with_rates_wake_the_store_when_one_may_start_and_not_before() -> None:
    names = [f"hook-{number}" for number in range(512)]
    engine = an_engine({name: a_pace(rate=1 / (n + 1), burst=1) for n, name in enumerate(names)},
                       workers=[10_000])  # fmt: skip
    engine.now = 10_000
    for name in names:
        engine.queue(name, 3)
    while engine.turn():
        for one in list(engine.running):
            engine.end(one)
    turns = 0
    while engine.dispatcher.agenda.wakes(engine.now) < 10_100:
        engine.now = engine.dispatcher.agenda.wakes(engine.now)
        assert engine.turn(), "nobody is woken in vain"
        for one in list(engine.running):
            engine.end(one)
        turns += 1
    assert turns <= 100


@pytest.mark.parametrize("rate", [math.inf, 5.0])
def test_a_rate_that_is_removed_or_wider_applies_at_once(rate: float) -> None:
    engine = an_engine({"a": a_pace(rate=1 / 3600, burst=1)})
    engine.now = 10_000
    engine.queue("a", 3)
    assert engine.turn() == {"a": 1}
    wider = msgspec.structs.replace(a_policy(), rate=rate, burst=rate)
    engine.dispatcher.follow(Policies(2, {"a": wider}), engine.now)
    engine.dispatcher.joined(1, 2, 128, engine.now)
    assert engine.dispatcher.agenda.wakes(engine.now) <= engine.now + 0.2 or engine.turn()


def test_a_rate_that_limits_is_told_from_other_reasons_to_wait() -> None:
    engine = an_engine({"a": a_pace(concurrency=3)})
    queue = engine.dispatcher.agenda.queue("a")
    assert not queue.rate_limited(engine.now)
    engine.queue("a", 10)
    engine.turn()
    assert queue.rate_limited(engine.now)
    engine.now += 1
    engine.turn()
    # Now three are in flight.
    assert not queue.rate_limited(engine.now)


Promise = Callable[[Site], Coroutine[Any, Any, None]]


def paced(promise: Promise) -> Callable[[str], None]:
    """A test of each engine, with a hook whose burst nobody has used."""

    @pytest.mark.parametrize("engine", ENGINES)
    def test(engine: str) -> None:
        async def kept() -> None:
            async with a_site(engine, PACED) as site:
                await site.bench.advance(100)
                await promise(site)

        asyncio.run(kept())

    return test


async def running(site: Site) -> int:
    await site.bench.settle()
    return (await site.store.stats()).hooks["orders"].states.get(State.RUNNING, 0)


@paced
async def test_a_run_over_the_rate_is_stored_and_starts_in_its_turn(site: Site) -> None:
    answers = [await site.store.accept(a_run()) for _ in range(4)]
    assert [one.attempt for one in answers if isinstance(one, Accepted)] == [1, 1, 0, 0]
    record = await site.record(answers[2].run)
    assert (record.state, record.held, record.attempts) == (State.QUEUED, "", 0)
    await site.bench.advance(9)
    assert await running(site) == 2
    await site.bench.advance(1)
    assert await running(site) == 3
    assert [given.run for given in site.assigned] == [answers[2].run]
    await site.bench.advance(10)
    assert await running(site) == 4


@paced
async def test_who_waits_for_a_run_over_the_rate_gets_it_as_it_is(site: Site) -> None:
    for _ in range(2):
        await site.accept()
    record = await site.store.wait(await site.accept(), 0.01)
    assert record is not None
    assert record.state is State.QUEUED


@paced
async def test_retries_and_replays_count(site: Site) -> None:
    runs = [await site.accept() for _ in range(2)]
    await site.end(runs[0], "retry", delay=1)
    await site.end(runs[1], "dead")
    assert (await site.store.replay(Selection(runs=(runs[1],)), anew=False)).changed == 1
    await site.bench.advance(5)
    assert await running(site) == 0
    await site.bench.advance(5)
    assert await running(site) == 1
    await site.bench.advance(10)
    assert await running(site) == 2


@paced
async def test_a_repeated_request_takes_nothing_from_the_rate(site: Site) -> None:
    key: dict[str, Any] = {"key": b"k" * 16, "key_within": 60.0}
    await site.accept(**key)
    for _ in range(20):
        await site.store.accept(a_run(**key))
    answer = await site.store.accept(a_run())
    assert answer == Accepted(answer.run, 1)


@paced
async def test_operators_see_that_runs_wait_for_the_rate(site: Site) -> None:
    async def limited() -> bool:
        return (await site.store.stats()).hooks["orders"].rate_limited

    for _ in range(2):
        await site.accept()
    assert not await limited()
    await site.accept()
    assert await limited()
    await site.bench.advance(10)
    assert await running(site) == 3
    assert not await limited()


@paced
async def test_a_changed_rate_keeps_what_was_used(site: Site) -> None:
    for _ in range(6):
        await site.accept()
    faster = msgspec.structs.replace(PACED, rate=1, burst=3)
    await site.bench.follow(Policies(1, {"orders": faster}))
    assert await running(site) == 2
    await site.bench.advance(1)
    assert await running(site) == 3
    await site.bench.advance(100)
    assert await running(site) == 6
    for run in [given.run for given in site.assigned]:
        await site.end(run)
    unlimited = msgspec.structs.replace(PACED, rate=math.inf, burst=math.inf)
    await site.bench.follow(Policies(1, {"orders": unlimited}))
    answers = [await site.store.accept(a_run()) for _ in range(10)]
    assert all(one.attempt for one in answers if isinstance(one, Accepted))
