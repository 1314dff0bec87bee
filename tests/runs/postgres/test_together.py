"""Gateways that share a database at the same time."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict

import msgspec
import pytest

from gateway.runs.run import Accepted, Policies, State
from gateway.runs.selection import Query, Selection
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.databases import connected, fresh, pooler, run
from tests.runs.postgres.stores import POLICY, Gateway, a_run, gateways, in_loop, until
from tests.support.postgres import server

_CUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname=current_database() AND pid <> pg_backend_pid()"""


@in_loop
async def test_equal_keys_at_once_are_one_run_whichever_gateways_they_reach() -> None:
    async with gateways(server(), await fresh(), 2) as both:
        given = [a_run(key=b"k" * 16, key_within=60) for _ in range(100)]
        answers = await asyncio.gather(
            *(both[n % 2].store.accept(new) for n, new in enumerate(given))
        )
        [kept] = [one for one in answers if isinstance(one, Accepted)]
        assert {one.run for one in answers} == {kept.run}
        page = await both[0].store.list(Query())
        assert [record.run for record in page.runs] == [kept.run]


@in_loop
async def test_equal_keys_at_once_are_one_run_whatever_their_order_keys() -> None:
    async with gateways(server(), await fresh(), 2) as both:
        given = [
            a_run(key=b"%d" % (n // 2), key_within=60, lane=b"%d" % (n % 2)) for n in range(100)
        ]
        answers = await asyncio.gather(
            *(both[n % 2].store.accept(new) for n, new in enumerate(given))
        )
        runs = defaultdict(set)
        for new, answer in zip(given, answers, strict=True):
            runs[new.key].add(answer.run)
        assert {len(found) for found in runs.values()} == {1}
        assert sum(isinstance(one, Accepted) for one in answers) == len(runs)


@in_loop
async def test_what_a_gateway_leaves_goes_to_another() -> None:
    async with gateways(server(), await fresh(), 2) as (one, other):
        runs = {(await one.accept()).run for _ in range(5)}
        await one.store.close()
        await until(lambda: {given.run for given in other.started} >= runs)
        assert {given.attempt for given in other.started} == {2}


@in_loop
async def test_an_operator_at_one_gateway_ends_the_attempt_of_another() -> None:
    async with gateways(server(), await fresh(), 2) as (one, other):
        answer = await one.accept()
        run = answer.run
        # It starts where it is accepted, unless that process does not know its part yet.
        await until(lambda: answer.attempt or one.started or other.started)
        here, there = (other, one) if other.started else (one, other)
        changed = await there.store.cancel(Selection(runs=(run,)))
        assert changed.runs == (run,)
        await until(lambda: here.stopped == [(run, 1)])
        assert not await here.end(run)


@in_loop
async def test_a_run_is_not_removed_while_it_is_copied() -> None:
    name = await fresh()
    async with gateways(server(), name, 1) as (one,):
        run = (await one.accept()).run
        await one.end(run)
        admin, purge = await connected(server(), name), await connected(server(), name)
        async with admin.transaction():
            await admin.execute("LOCK gateway.payload IN EXCLUSIVE MODE")
            copying = asyncio.create_task(one.store.replay(Selection(runs=(run,)), anew=True))
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not await purge.fetchval(waiting):  # noqa: ASYNC110 - in the server
                await asyncio.sleep(0.005)
            free = "SELECT id FROM gateway.run WHERE id=$1 FOR UPDATE SKIP LOCKED"
            assert await purge.fetchval(free, run) is None
        assert (await copying).changed == 1
        await admin.close()
        await purge.close()


@in_loop
async def test_who_waits_at_one_gateway_is_told_what_another_one_did() -> None:
    async with gateways(server(), await fresh(), 2) as (one, other):
        run = (await one.accept()).run
        waiting = asyncio.create_task(other.store.wait(run, 20))
        await asyncio.sleep(0)
        assert await one.end(run, answer=b"outputs")
        record = await waiting
        assert record is not None
        assert (record.state, record.answer) == (State.SUCCEEDED, b"outputs")


@in_loop
async def test_gateways_together_make_as_many_attempts_as_a_hook_may_have() -> None:
    policies = Policies(1, {"orders": msgspec.structs.replace(POLICY, concurrency=5)})
    async with gateways(server(), await fresh(), 3, policies) as all_of_them:
        await until(lambda: _parts(all_of_them) == 5)
        answers = [await all_of_them[n % 3].accept() for n in range(30)]
        begun = sum(answer.attempt for answer in answers)
        await until(lambda: begun + sum(len(one.started) for one in all_of_them) == 5)
        stats = await all_of_them[0].store.stats()
        assert stats.hooks["orders"].states == {State.RUNNING: 5, State.QUEUED: 25}


def _parts(which: list[Gateway]) -> int:
    return sum(one.store.local.shares.part("orders", 5) for one in which)


class Lanes:
    """Runs in lanes, accepted by some gateways and delivered by all of them."""

    def __init__(self) -> None:
        self.accepted: defaultdict[bytes, list[str]] = defaultdict(list)
        self.delivered: list[str] = []
        self.lane_of: dict[str, bytes] = {}
        self._busy: set[bytes] = set()

    async def fill(self, gateways: list[Gateway], lane: bytes, count: int) -> None:
        for n in range(count):
            await self._send(gateways[n % len(gateways)], lane)

    async def _send(self, gateway: Gateway, lane: bytes) -> None:
        new = a_run(lane=lane, key=os.urandom(16), key_within=60)
        self.lane_of[new.id] = lane
        answer = await gateway.store.accept(new)
        self.accepted[lane].append(new.id)
        assert isinstance(answer, Accepted)
        if answer.attempt:
            await self._end(gateway, new.id, 1)

    async def _end(self, gateway: Gateway, run: str, attempt: int) -> None:
        lane = self.lane_of[run]
        assert lane not in self._busy, "a lane has one run in flight"
        self._busy.add(lane)
        await asyncio.sleep(0.002)
        self.delivered.append(run)
        self._busy.discard(lane)
        assert await gateway.end(run, attempt)

    async def deliver(self, gateway: Gateway, count: int) -> None:
        while len(self.delivered) < count:
            while gateway.started:
                given = gateway.started.pop()
                await self._end(gateway, given.run, given.attempt)
            await asyncio.sleep(0.002)


@in_loop
async def test_lanes_stay_in_order_and_nothing_deadlocks_under_load() -> None:
    name = await fresh()
    policies = Policies(1, {"orders": msgspec.structs.replace(POLICY, ordered="continue")})
    which, lanes = [bytes([n]) * 16 for n in range(6)], Lanes()
    async with gateways(server(), name, 3, policies) as all_of_them:
        await asyncio.gather(
            *(lanes.fill(all_of_them, lane, 20) for lane in which),
            *(lanes.deliver(gateway, 6 * 20) for gateway in all_of_them),
        )
    for lane in which:
        assert [run for run in lanes.delivered if lanes.lane_of[run] == lane] == lanes.accepted[
            lane
        ]
    admin = await connected(server(), name)
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname=$1"
    assert await admin.fetchval(deadlocks, name) == 0
    await admin.close()


@in_loop
async def test_tables_that_are_gone_are_told_and_used_again_once_they_are_back() -> None:
    name = await fresh()
    async with gateways(server(), name, 1) as (one,):
        await one.accept()
        await run(server(), name, "ALTER SCHEMA gateway RENAME TO away")
        with pytest.raises(StoreUnavailable):
            await one.accept()
        await until(lambda: "are gone: restore" in one.store.unfit)
        await run(server(), name, "ALTER SCHEMA away RENAME TO gateway")
        await until(lambda: one.store.is_connected)
        await one.accept()


@pytest.mark.skipif(pooler() is not None, reason="clients of a pooler keep their connections")
@in_loop
async def test_a_gateway_does_not_go_on_with_the_tables_of_another_store() -> None:
    name = await fresh()
    async with gateways(server(), name, 1) as (one,):
        await one.accept()
        await run(server(), name, "UPDATE gateway.meta SET value='other' WHERE name='key_key'")
        await run(server(), name, _CUT)
        await until(lambda: "has other runs than before" in one.store.unfit)
        with pytest.raises(StoreUnavailable):
            await one.accept()
