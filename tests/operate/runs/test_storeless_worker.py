"""One worker without a connection to the database is told of, whoever answers the operators."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.delivery.site import hook, sharing
from tests.runs.postgres.databases import connected, run, value
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.postgres import Server
from tests.support.workflow import Workflow

CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name='gateway'"
OF_A_WORKER = 3
"""Connections; whoever answers operators has one more for them."""


@pytest.fixture
def small() -> Iterator[Server]:
    """A server with the database `runs`, and not many connections."""
    server = Server(max_connections="20").start()
    try:
        asyncio.run(run(server, "postgres", "CREATE DATABASE runs"))
        yield server
    finally:
        server.close()


async def take_all(server: Server, held: list[Any]) -> None:
    """Hold every connection that nobody has."""
    while True:
        try:
            held.append(await connected(server, "postgres"))
        except asyncpg.TooManyConnectionsError:
            return


async def take_those_of(worker: int, count: int, server: Server, held: list[Any]) -> None:
    """Hold those of a worker as well, which ends."""
    wanted = len(held) + count
    os.kill(worker, signal.SIGKILL)
    async with asyncio.timeout(30):
        while len(held) < wanted:
            await take_all(server, held)


@contextmanager
def exhausted(server: Server, running: Gateway, count: int) -> Iterator[None]:
    """One of the workers, which had so many connections, has none and gets none."""
    held: list[Any] = []
    with asyncio.Runner() as runner:
        try:
            runner.run(take_all(server, held))
            # Whoever starts another worker waits until nobody can connect.
            os.kill(running.process.pid, signal.SIGSTOP)
            try:
                runner.run(take_those_of(running.workers()[0], count, server, held))
            finally:
                os.kill(running.process.pid, signal.SIGCONT)
            yield
        finally:
            for connection in held:
                runner.run(connection.close())


def store(running: Gateway) -> dict[str, Any]:
    found: dict[str, Any] = running.operate("GET", "/-/status", headers=ADMIN).json()["store"]
    return found


def ready(running: Gateway, **more: str) -> bool:
    """Whether whoever answers says so, with this about the store."""
    expected = {"status": "ready", "stale": 0, "out_of_service": 0, **more}
    answers = [running.operate("GET", "/-/readyz") for _ in range(8)]
    return all((one.status_code, one.json()) == (200, expected) for one in answers)


@pytest.mark.parametrize("apart", [True, False], ids=["supervisor", "workers"])
def test_a_worker_without_a_connection_is_in_readyz_and_status(
    tmp_path: Path, workflow: Workflow, small: Server, apart: bool
) -> None:
    own = OF_A_WORKER if apart else OF_A_WORKER + 1
    all_of_them = 2 * own + apart

    def is_connected() -> bool:
        return ready(running) and all_of_them == asyncio.run(value(small, "runs", CONNECTED))

    with sharing(
        tmp_path,
        workflow,
        *("--workers", "2"),
        text=hook("plain", f"{workflow.url}/run/plain"),
        url=small.url("runs"),
        operators=free_port() if apart else None,
    ) as running:
        until(is_connected)
        with exhausted(small, running, own):
            until(lambda: ready(running, store="unavailable"))
            said = store(running)
            assert said["state"] == "unavailable"
            assert "max_connections" in said["problem"]
            # A worker that answers may be the one without a connection, which speaks for itself.
            assert said["problem"].startswith("1 of 2 workers: ") or not apart
        until(lambda: ready(running))
