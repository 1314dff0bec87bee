"""A worker's side: the store goes and comes back, and nothing is promised that is not stored."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.runs.run import Accepted, State
from gateway.runs.selection import Query, Selection
from gateway.runs.sqlite import client as client_module
from gateway.runs.sqlite.client import SqliteStore
from gateway.runs.store import StoreUnavailable
from tests.runs.sqlite.conftest import Start
from tests.runs.sqlite.given import Taken, done, in_loop, new_run
from tests.runs.sqlite.stores import StoreProcess, connected, until


async def paused(start: Start, monkeypatch: pytest.MonkeyPatch) -> tuple[StoreProcess, SqliteStore]:
    """A store that does not answer any more, and a client that soon gives up waiting for it."""
    store = start()
    store.ready()
    client = await connected(store.socket)
    store.pause()
    monkeypatch.setattr(client_module, "COMMIT", 0.1)
    return store, client


@in_loop
async def test_nothing_is_promised_while_there_is_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "COMMIT", 0.1)
    client = SqliteStore(str(tmp_path / "s"))
    with pytest.raises(StoreUnavailable) as refused:
        await client.accept(new_run())
    assert refused.value.headers == ((b"retry-after", b"30"),)
    await client.close()


@in_loop
async def test_large_requests_wait_for_the_store_up_to_so_many_bytes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "BYTES", 100_000)
    store = start()
    store.ready()
    client = await connected(store.socket)
    store.pause()
    large = {"invocation": b"x" * 60_000, "start": False}
    waiting = asyncio.create_task(client.accept(new_run(**large)))
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable) as refused:
        await client.accept(new_run(**large))
    assert refused.value.headers == ((b"retry-after", b"5"),)
    store.resume()
    assert isinstance(await waiting, Accepted)
    assert isinstance(await client.accept(new_run(**large)), Accepted)
    await client.close()


@in_loop
async def test_who_asks_for_a_run_is_not_told_that_something_was_to_be_stored(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, client = await paused(start, monkeypatch)
    with pytest.raises(StoreUnavailable) as refused:
        await client.stats()
    assert refused.value.detail == "The store did not answer. Ask again."
    store.resume()
    await client.close()


@in_loop
async def test_a_store_that_is_behind_stores_nothing_that_nobody_waits_for(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, client = await paused(start, monkeypatch)
    with pytest.raises(StoreUnavailable):
        await client.accept(new_run())
    monkeypatch.undo()
    store.resume()
    new = new_run(start=False)
    assert isinstance(await client.accept(new), Accepted)
    assert [one.run for one in (await client.list(Query())).runs] == [new.id]
    await client.close()


@in_loop
async def test_a_request_waits_for_a_store_that_comes_back_at_once(start: Start) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    store.kill()
    await until(lambda: not client.is_connected)
    waiting = asyncio.create_task(client.accept(new_run(start=False)))
    start().ready()
    assert isinstance(await waiting, Accepted)
    await client.close()


@in_loop
async def test_what_was_sent_to_a_store_that_ended_is_not_promised(start: Start) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    store.pause()
    waiting = asyncio.create_task(client.accept(new_run()))
    await asyncio.sleep(0.05)
    store.kill()
    with pytest.raises(StoreUnavailable):
        await waiting
    await client.close()


@in_loop
async def test_a_result_is_told_to_the_store_that_takes_the_place_of_a_killed_one(
    start: Start,
) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    taken = Taken(client)
    new = new_run()
    assert await client.accept(new) == Accepted(new.id, 1)
    store.kill()
    waiting = asyncio.create_task(client.report(done(new.id)))
    start(workers=1).ready()
    assert await waiting
    record = await client.record(new.id)
    assert record is not None
    assert (record.state, record.attempts) == (State.SUCCEEDED, 1)
    assert (taken.started, taken.stopped) == ([], [])
    await client.close()


@in_loop
async def test_an_attempt_that_nobody_comes_back_for_is_made_again(start: Start) -> None:
    store = start()
    store.ready()
    gone, stays = [await connected(store.socket, number) for number in (1, 2)]
    Taken(gone)
    new = new_run()
    assert await gone.accept(new) == Accepted(new.id, 1)
    store.kill()
    gone.abort()
    taken = Taken(stays)
    start(workers=1).ready()
    await until(lambda: taken.started)
    assert (taken.started[0].run, taken.started[0].attempt) == (new.id, 2)
    assert not await stays.report(done(new.id, attempt=1))
    assert await stays.report(done(new.id, attempt=2))
    await stays.close()


@in_loop
async def test_a_worker_is_told_to_end_what_an_operator_cancels(start: Start) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    taken = Taken(client)
    new = new_run()
    await client.accept(new)
    assert (await client.cancel(Selection(runs=(new.id,)))).changed == 1
    assert taken.stopped == [(new.id, 1)]
    assert not await client.report(done(new.id))
    assert (await client.stats()).late_results == 1
    await client.close()


@in_loop
async def test_what_no_frame_could_hold_is_not_promised(start: Start) -> None:
    store = start()
    store.ready()
    client = await connected(store.socket)
    with pytest.raises(StoreUnavailable):
        await client.accept(new_run(invocation=b"x" * (33 * 1024 * 1024)))
    assert isinstance(await client.accept(new_run()), Accepted)
    await client.close()
