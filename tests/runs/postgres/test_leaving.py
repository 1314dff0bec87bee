"""Who asks the database for something may leave before it answers."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.errors import GatewayError
from gateway.runs.postgres.link import Link
from gateway.runs.postgres.session import Session
from gateway.runs.store import StoreUnavailable
from tests.runs.postgres.databases import Template, connected, database_of, fresh
from tests.runs.postgres.stores import PATIENCE, POLICIES, a_run, gateways, in_loop, until
from tests.support.postgres import Server, server


@contextmanager
def nothing_unheard() -> Iterator[None]:
    """No task ends with an exception that nobody has looked at."""
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unheard.append(context))
    yield
    gc.collect()
    assert not unheard


async def _nothing(_session: Session) -> None: ...


@in_loop
async def test_a_store_is_closed_quietly_while_a_batch_is_written() -> None:
    name = await fresh()
    with nothing_unheard():
        async with gateways(server(), name) as [gateway]:
            admin = await connected(server(), name)
            async with admin.transaction():
                await admin.execute("LOCK TABLE gateway.run IN ACCESS EXCLUSIVE MODE")
                asking = asyncio.create_task(gateway.store.accept(a_run()))
                await until(lambda: gateway.store.local.reserved)
                await gateway.store.close()
            with pytest.raises(StoreUnavailable):
                await asking
            await admin.close()
        await until(lambda: len(asyncio.all_tasks()) == 1)


@in_loop
async def test_a_store_that_is_woken_while_it_closes_is_closed_all_the_same() -> None:
    """Python 3.11's `wait_for` forgets that it was cancelled where what it waits for comes then."""
    for turns in range(12):
        async with gateways(server(), await fresh()) as [gateway]:
            closing = asyncio.create_task(gateway.store.close())
            for _ in range(turns):
                await asyncio.sleep(0)
            gateway.store.serving(POLICIES)
            await until(closing.done)


@in_loop
async def test_a_database_that_says_nothing_does_not_hold_up_the_end() -> None:
    own = Server()
    own.start()
    async with gateways(own, await Template().copy(own)) as [gateway]:
        own.pause()
        asking = asyncio.create_task(gateway.store.accept(a_run()))
        await until(lambda: gateway.store.local.reserved)
        async with asyncio.timeout(PATIENCE / 2):
            await gateway.store.close()
        own.go_on()
        with pytest.raises(StoreUnavailable):
            await asking
    own.close()


@pytest.mark.parametrize(("error", "lines"), [(GatewayError("no"), 0), (ValueError("ours"), 1)])
@in_loop
async def test_what_fails_when_who_asked_has_left_is_logged_only_where_it_is_a_mistake_of_ours(
    error: Exception, lines: int
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def fail(_session: Session) -> None:
        begun.set()
        await go_on.wait()
        raise error

    link = Link(database_of(server(), await fresh()), _nothing)
    with nothing_unheard(), capture_logs() as logs:
        asking = asyncio.create_task(link.run(fail))
        await begun.wait()
        asking.cancel()
        await asyncio.wait((asking,))
        go_on.set()
        await link.run(_nothing)  # in its turn, after that
    await link.close()
    assert len([one for one in logs if "nobody waits" in one["event"]]) == lines
