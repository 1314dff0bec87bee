"""What the store says is stored is on disk, once for each key, and within its limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.runs.run import Accepted, Duplicate, Policies, Policy, State
from gateway.runs.selection import Query
from gateway.runs.store import StoreFull
from tests.runs.sqlite.conftest import Start
from tests.runs.sqlite.given import Taken, done, in_loop, new_run
from tests.runs.sqlite.stores import connected, until


@in_loop
async def test_a_run_that_was_accepted_is_there_after_a_kill(start: Start) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    new = new_run(start=False)
    assert await client.accept(new) == Accepted(new.id, 0)
    store.kill()
    assert start().ready().unfinished == 1
    assert await client.payload(new.id) == new.invocation
    await client.close()


@in_loop
async def test_a_hundred_equal_keys_at_once_over_two_workers_make_one_run(start: Start) -> None:
    store = start()
    store.ready()
    clients = [await connected(store.socket, number) for number in (1, 2)]
    runs = [new_run(key=b"k" * 16, key_within=60) for _ in range(100)]
    answers = await asyncio.gather(
        *(clients[number % 2].accept(run) for number, run in enumerate(runs))
    )
    accepted = [answer.run for answer in answers if isinstance(answer, Accepted)]
    assert len(accepted) == 1
    assert {answer.run for answer in answers} == set(accepted)
    for client in clients:
        await client.close()


@pytest.mark.parametrize(("seconds", "is_new"), [(59, False), (61, True)])
@in_loop
async def test_a_key_is_known_for_its_window(
    start: Start, clock: Any, seconds: int, is_new: bool
) -> None:
    store = start(clock=clock)
    store.ready()
    client = await connected(store.socket)
    first = new_run(key=b"k" * 16, key_within=60)
    await client.accept(first)
    clock.value += seconds * 1000
    second = new_run(key=b"k" * 16, key_within=60)
    answer = await client.accept(second)
    assert answer == (Accepted(second.id, 0) if is_new else Duplicate(first.id, State.QUEUED))
    await client.close()


@in_loop
async def test_a_key_outlives_its_run_and_a_place_is_not_given_again(
    start: Start, clock: Any
) -> None:
    policies = Policies(1, {"hook": Policy(target="http://w:80", keep_succeeded=10)})
    store = start(clock=clock, policies=policies)
    store.ready()
    client = await connected(store.socket)
    Taken(client)
    first = new_run(key=b"k" * 16, key_within=600)
    await client.accept(first)
    await client.report(done(first.id))
    clock.value += 20_000
    while (await client.list(Query())).runs:
        await client.stats()
    store.kill()
    start(clock=clock, policies=policies).ready()
    await client.stats()
    other = new_run(key=b"o" * 16, key_within=600)
    assert isinstance(await client.accept(other), Accepted)
    answer = await client.accept(new_run(key=b"k" * 16, key_within=600))
    assert answer == Duplicate(first.id, State.SUCCEEDED)
    await client.close()


@pytest.mark.parametrize(("limits", "reason"), [({"runs": 3}, "runs"), ({"size": 400_000}, "size")])
@in_loop
async def test_a_full_store_refuses_and_goes_on_when_there_is_room(
    start: Start, limits: dict[str, int], reason: str
) -> None:
    policies = Policies(
        1, {"hook": Policy(target="http://w:80", concurrency=512, keep_succeeded=0)}
    )
    store = start(policies=policies, **limits)
    store.ready()
    client = await connected(store.socket)
    Taken(client)
    runs = [new_run(invocation=b"x" * 8000) for _ in range(200)]
    answers = await asyncio.gather(*map(client.accept, runs), return_exceptions=True)
    assert {type(answer) for answer in answers} == {Accepted, StoreFull}
    accepted = [answer.run for answer in answers if isinstance(answer, Accepted)]
    assert (await client.stats()).refused == {reason: len(answers) - len(accepted)}
    assert all(await asyncio.gather(*(client.report(done(run)) for run in accepted)))

    async def has_room() -> bool:
        try:
            return isinstance(await client.accept(new_run()), Accepted)
        except StoreFull:
            await asyncio.sleep(0.02)
            return False

    async with asyncio.timeout(30):
        while not await has_room():
            pass
    await client.close()


@in_loop
async def test_a_run_whose_caller_is_gone_starts_all_the_same(start: Start) -> None:
    """The store has written that it is running here: nobody else would start it."""
    store = start()
    store.ready()
    client = await connected(store.socket)
    taken = Taken(client)
    new = new_run()
    waiting = asyncio.create_task(client.accept(new))
    await asyncio.sleep(0)
    waiting.cancel()
    await until(lambda: taken.started)
    assert (taken.started[0].run, taken.started[0].attempt) == (new.id, 1)
    assert await client.report(done(new.id))
    await client.close()
