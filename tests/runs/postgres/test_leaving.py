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
from tests.runs.postgres.databases import connected, database_of, fresh
from tests.runs.postgres.stores import a_run, gateways, in_loop, until
from tests.support.postgres import server


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
