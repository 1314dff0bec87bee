"""Large requests that are delivered do not fill the memory of a worker."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.site import accepted, delivering, hook, outcome, sharing
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

MIB = 1024 * 1024
RUNS = 12
HALF = 4
"""Attempts of a megabyte in half of 16 MiB, as each holds its request twice."""


@pytest.mark.parametrize("start", [delivering, sharing], ids=["sqlite", "postgres"])
def test_attempts_leave_half_of_the_memory_for_bodies_to_callers(
    tmp_path: Path, workflow: Workflow, start: Callable[..., Any]
) -> None:
    """A hook may have sixteen attempts in flight; a claim brings eight megabytes at most."""
    workflow.gate.clear()
    workflow.received.clear()
    text = hook("large", f"{workflow.url}/gate", "limits: {body: 2MiB}")
    with start(tmp_path, workflow, "--body-memory", "16MiB", text=text) as running:
        body = b"x" * MIB
        paths = [accepted(running, "large", content=body).headers["location"] for _ in range(RUNS)]
        until(lambda: _held(running) >= 2 * MIB * HALF)
        assert len(workflow.received) == HALF
        workflow.gate.set()
        assert {outcome(running, path)["status"] for path in paths} == {"succeeded"}
        until(lambda: _held(running) == 0)


def _held(running: Gateway) -> float:
    metrics = running.operate("GET", "/-/metrics", headers=ADMIN).text
    line = next(one for one in metrics.splitlines() if one.startswith("gateway_body_bytes_held"))
    return float(line.split()[-1])
