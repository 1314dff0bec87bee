"""A run that ends each worker which attempts it is dead after five of them; others flow."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from tests.delivery.site import SOON, delivering, hook
from tests.support.workflow import Workflow

WORKERS = 5


def full(directory: Path) -> tuple[bool, list[str]]:
    """Kill the worker in each attempt; whether all held, and what to print."""
    workflow = Workflow().start()
    text = "---\n".join(
        (
            hook("poison", f"{workflow.url}/hang", delivery=SOON),
            hook("other", f"{workflow.url}/run/other", delivery="wait: 20s"),
        )
    )
    try:
        with delivering(directory, workflow, text=text) as running:
            run = running.request("POST", "/hooks/poison").json()["run"]
            for attempt in range(1, WORKERS + 1):
                _until(workflow, run, attempt)
                [worker] = running.workers()
                os.kill(worker, signal.SIGKILL)
            ended = running.wait_for_line(event="run ended", run=run)
            other = running.request("POST", "/hooks/other").status_code
            calls = _attempts(workflow, run)
    finally:
        workflow.stop()
    holds = ended["state"] == "dead" and calls == [1, 2, 3, 4, 5] and other == 200
    return holds, [f"attempts {calls}, {ended['state']}: {ended['reason']}; another run: {other}"]


def _attempts(workflow: Workflow, run: str) -> list[int]:
    found = [one.headers for one in list(workflow.received)]
    return [int(one["gateway-attempt"]) for one in found if one["idempotency-key"] == run]


def _until(workflow: Workflow, run: str, attempt: int) -> None:
    deadline = time.monotonic() + 60
    while attempt not in _attempts(workflow, run):
        assert time.monotonic() < deadline, f"there is no attempt {attempt}"
        time.sleep(0.02)
