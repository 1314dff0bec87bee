"""A workflow gets no more than the rate of its hook, by its own clock, however many send."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.delivery.ledger import Callers
from tests.delivery.site import delivering, hook, sharing
from tests.runs.postgres.databases import fresh
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.postgres import server
from tests.support.workflow import Workflow

RATE, BURST = 30, 30
PATIENCE = 60
"""A rate takes its time."""


def paced(name: str, workflow: Workflow) -> str:
    """A hook whose workflow fails: attempts that are repeated count as well."""
    retry = "retry: {after: [1s, 1s]}"
    url = f"{workflow.url}/status/500?{name}"
    return hook(name, f'"{url}"', delivery=f"rate: {RATE}/1s, {retry}")


def arrivals(workflow: Workflow, name: str) -> list[float]:
    return [one.at for one in list(workflow.received) if one.target == f"/status/500?{name}"]


def within(begun: float, came: list[float]) -> bool:
    """Whether each attempt came when the rate allows so many since the beginning: nothing was on
    its way then.
    """
    return all(number <= BURST + RATE * (at - begun) for number, at in enumerate(came, 1))


def goes_on(workflow: Workflow, name: str) -> Callable[[], bool]:
    """Whether some more attempts came than until now."""
    goal = len(arrivals(workflow, name)) + 2 * RATE
    return lambda: len(arrivals(workflow, name)) > goal


def test_workers_of_one_gateway_keep_a_rate_together(tmp_path: Path, workflow: Workflow) -> None:
    text = paced("alone", workflow)
    begun = time.monotonic()
    with delivering(tmp_path, workflow, "--workers", "2", text=text) as running:
        called(running, "/hooks/alone", 300)
        until(goes_on(workflow, "alone"), PATIENCE)
        # Its store is killed, and does not begin with another burst.
        os.kill(int((tmp_path / "state" / "runs.lock").read_text().split()[0]), signal.SIGKILL)
        until(goes_on(workflow, "alone"), PATIENCE)
    assert within(begun, arrivals(workflow, "alone"))


def called(running: Gateway, path: str, promises: int) -> None:
    """Far more than the rate delivers, as fast as they are taken."""
    callers = Callers(running, path)
    callers.until(promises)
    callers.stop()


def test_gateways_that_share_a_database_keep_a_rate_together(
    tmp_path: Path, workflow: Workflow
) -> None:
    shared = server().url(asyncio.run(fresh()))
    text = paced("shared", workflow)
    begun = time.monotonic()
    with (
        sharing(tmp_path / "one", workflow, text=text, url=shared) as one,
        sharing(tmp_path / "two", workflow, text=text, url=shared) as two,
    ):
        called(one, "/hooks/shared", 200)
        called(two, "/hooks/shared", 200)
        until(lambda: delivers(one) and delivers(two), PATIENCE)
        until(goes_on(workflow, "shared"), PATIENCE)
        for process in (*one.workers(), one.process.pid):
            os.kill(process, signal.SIGKILL)
        until(goes_on(workflow, "shared"), PATIENCE)
    assert within(begun, arrivals(workflow, "shared"))


def delivers(running: Gateway) -> bool:
    """Whether the gateway made attempts itself."""
    metrics = running.operate("GET", "/-/metrics", headers=ADMIN).text
    return 'gateway_run_attempts_total{hook="shared"' in metrics
