"""A gateway that is told to stop with attempts in flight, and with callers who wait."""

from __future__ import annotations

import threading
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.delivery.site import delivering, hook
from tests.support.gateway import ADMIN
from tests.support.workflow import Workflow

EACH = 25
WAITING = 10
LONGEST = 30.0
"""Seconds until the gateway has ended."""


def hooks(url: str) -> str:
    """Workflows that take a second and a minute, and one that callers wait for."""
    return "---\n".join(
        (
            hook("short", f"{url}/slow/1000", delivery="concurrency: 64"),
            hook("long", f"{{url: {url}/slow/60000, timeout: 5m}}", delivery="concurrency: 64"),
            hook("waiting", f"{{url: {url}/slow/60000, timeout: 5m}}", delivery="wait: 30s"),
        )
    )


def full(directory: Path) -> tuple[bool, list[str]]:
    """Sixty attempts in flight; whether all held, and what to print."""
    workflow = Workflow().start()
    text = hooks(workflow.url)
    waited: list[httpx.Response] = []
    try:
        with delivering(directory, workflow, "--target-concurrency", "512", text=text) as running:
            threads = [
                threading.Thread(
                    target=lambda: waited.append(running.request("POST", "/hooks/waiting"))
                )
                for _ in range(WAITING)
            ]
            for thread in threads:
                thread.start()
            runs = [running.request("POST", "/hooks/long").json()["run"] for _ in range(EACH)]
            _until(workflow, WAITING + EACH)
            for _ in range(EACH):
                running.request("POST", "/hooks/short")
            _until(workflow, WAITING + 2 * EACH)
            begun = time.monotonic()
            status = running.stop()
            seconds = time.monotonic() - begun
            for thread in threads:
                thread.join()
            attempts = running.lines("attempt")
        counted = _counted(directory, workflow, runs)
    finally:
        workflow.stop()
    ends = {
        name: Counter(one["outcome"] for one in attempts if one["hook"] == name)
        for name in ("short", "long", "waiting")
    }
    answers = Counter(answer.status_code for answer in waited)
    holds = (
        status == 0 and seconds < LONGEST and answers == {202: WAITING}
        and ends["short"] == {"succeeded": EACH} and ends["long"] == {"interrupted": EACH}
        and ends["waiting"] == {"interrupted": WAITING} and counted == {(0, 1): EACH}
    )  # fmt: skip
    return holds, [
        f"exit status {status} after {seconds:.1f} s, callers who waited: {dict(answers)}",
        *(f"{name}: {dict(found)}" for name, found in ends.items()),
        f"interrupted runs by (tries, attempts) before they are delivered again: {dict(counted)}",
    ]


def _until(workflow: Workflow, calls: int) -> None:
    deadline = time.monotonic() + 30
    while len(workflow.received) < calls:
        assert time.monotonic() < deadline, len(workflow.received)
        time.sleep(0.02)


def _counted(directory: Path, workflow: Workflow, runs: list[str]) -> Counter[tuple[int, int]]:
    """How often the interrupted runs were tried, while their hook is disabled."""
    text = hook("long", f"{workflow.url}/slow/1", "enabled: false")
    with delivering(directory, workflow, text=text) as running:
        told = [running.operate("GET", f"/-/runs/{run}", headers=ADMIN).json() for run in runs]
    return Counter((one["tries"], one["attempts"]) for one in told)
