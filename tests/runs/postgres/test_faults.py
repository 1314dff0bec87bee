"""The database stands still, is killed, or lets go of connections: a real server of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest

from gateway.runs.postgres import acceptor
from gateway.runs.run import Accepted, State
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.databases import Template, connected
from tests.runs.postgres.stores import Gateway, a_run, gateways, in_loop, until
from tests.support.postgres import Server

SOON = 15.0
"""Seconds within which a caller is told, on a machine however busy: it ought to take two."""
BACK = 20.0


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    own = Server().start()
    yield own
    own.close()


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


async def refused(gateway: Gateway) -> float:
    """How long a caller waits for the refusal."""
    begun = time.monotonic()
    with pytest.raises(StoreUnavailable) as told:
        await gateway.store.accept(a_run())
    assert dict(told.value.headers)[b"retry-after"] == b"30"
    return time.monotonic() - begun


async def accepted_again(gateway: Gateway) -> float:
    """How long it takes until a run is accepted."""
    begun = time.monotonic()
    async with asyncio.timeout(30):
        while True:
            try:
                await gateway.accept()
            except StoreUnavailable:
                await asyncio.sleep(0.05)
            else:
                return time.monotonic() - begun


@in_loop
async def test_a_server_that_stands_still_is_told_in_time_and_used_again(
    own: Server, template: Template
) -> None:
    async with gateways(own, await template.copy(own)) as [gateway]:
        before = await gateway.accept()
        own.pause()
        try:
            assert await refused(gateway) < SOON
            # Whoever comes later does not wait for what nobody else was given.
            await asyncio.sleep(4)
            assert await refused(gateway) < SOON
        finally:
            own.go_on()
        assert await accepted_again(gateway) < BACK
        assert await gateway.end(before.run)


@in_loop
async def test_so_many_requests_wait_for_a_server_that_stands_still(
    own: Server, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptor, "BYTES", 100_000)
    async with gateways(own, await template.copy(own)) as [gateway]:
        large = {"invocation": b"x" * 60_000}
        own.pause()
        try:
            waiting = asyncio.create_task(gateway.accept(**large))
            await asyncio.sleep(0)
            with pytest.raises(StoreUnavailable) as told:
                await gateway.accept(**large)
        finally:
            own.go_on()
        assert dict(told.value.headers)[b"retry-after"] == b"5"
        assert (await waiting).attempt == 1
        await gateway.accept(**large)


@in_loop
async def test_what_is_committed_after_its_caller_was_refused_is_delivered(
    own: Server, template: Template
) -> None:
    async with gateways(own, await template.copy(own)) as [gateway]:
        new = a_run()
        own.pause()
        asking = asyncio.create_task(gateway.store.accept(new))
        try:
            with pytest.raises(StoreUnavailable):
                await asking
            await asyncio.sleep(2)
        finally:
            own.go_on()
        await accepted_again(gateway)
        # The server may have read it before it stood still, or not.
        if await gateway.store.record(new.id) is not None:
            await until(lambda: new.id in {given.run for given in gateway.started})


@in_loop
async def test_nothing_that_was_promised_is_lost_with_a_server_that_is_killed(
    own: Server, template: Template
) -> None:
    async with gateways(own, await template.copy(own), 2) as both:
        promised: list[Accepted] = []

        async def send(gateway: Gateway) -> None:
            while len(promised) < 600:
                try:
                    promised.append(await gateway.accept(start=False))
                except StoreUnavailable:
                    await asyncio.sleep(0.02)

        sending = [asyncio.create_task(send(both[n % 2])) for n in range(16)]
        for kill_at in (100, 300):
            while len(promised) < kill_at:  # noqa: ASYNC110 - nothing tells of it but this
                await asyncio.sleep(0.005)
            await asyncio.to_thread(own.kill)
            await asyncio.to_thread(own.start)
        await asyncio.gather(*sending)
        records = await asyncio.gather(*(both[0].store.record(one.run) for one in promised))
        assert all(record is not None for record in records)


@in_loop
async def test_attempts_go_on_while_the_server_is_away_and_are_reported_when_it_is_back(
    own: Server, template: Template
) -> None:
    async with gateways(own, await template.copy(own)) as [gateway]:
        run = (await gateway.accept()).run
        await asyncio.to_thread(own.kill)
        with pytest.raises(StoreUnavailable):
            await gateway.end(run)
        await asyncio.to_thread(own.start)
        await accepted_again(gateway)
        assert await gateway.end(run)
        assert (await gateway.record(run)).state is State.SUCCEEDED
        assert gateway.stopped == []


@in_loop
async def test_connections_that_are_cut_are_made_again(own: Server, template: Template) -> None:
    name = await template.copy(own)
    async with gateways(own, name) as [gateway]:
        admin = await connected(own, name)
        for _ in range(3):
            run = (await gateway.accept()).run
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname=current_database() AND pid <> pg_backend_pid()"
            )
            assert await accepted_again(gateway) < BACK
            await until(lambda: gateway.store.is_connected)
            assert await gateway.end(run)
        await admin.close()
