"""How long callers wait: for an outcome within `wait`, for 202 at its end, and never in vain."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.delivery.site import LATE, delivering, hook
from tests.support.gateway import PLAIN, Gateway
from tests.support.workflow import Workflow

WAIT = 2.0
NEAR = 0.1
"""Seconds by which the quickest answer may be beside its time; others show the machine's load."""
EXPECTED = {"fast": (200, 1.0), "slow": (202, WAIT), "failing": (202, 0.0)}
"""The status of the answer, and after how many seconds it is due."""


def hooks(url: str) -> str:
    """Workflows that take one second and three, and one that fails at once."""
    wait = f"wait: {WAIT:g}s"
    return "---\n".join(
        (
            hook("fast", f"{url}/slow/1000", delivery=wait),
            hook("slow", f"{url}/slow/3000", delivery=wait),
            hook("failing", f"{url}/flaky/2", delivery=f"{wait}, {LATE}"),
        )
    )


def full(directory: Path) -> tuple[bool, list[str]]:
    """Twenty callers of each, eight of the failing one; whether all held, and what to print."""
    workflow = Workflow().start()
    try:
        with delivering(directory, workflow, text=hooks(workflow.url)) as running:
            _ask(running, "fast")
            # Two calls of the failing one: the first fails, and the second would not.
            told = {name: _timed(running, workflow, name) for name in EXPECTED}
    finally:
        workflow.stop()
    lines = [_line(name, *told[name]) for name in EXPECTED]
    return all(line.endswith("holds") for line in lines), lines


def _ask(running: Gateway, name: str) -> tuple[int, float]:
    begun = time.perf_counter()
    with httpx.Client(base_url=running.url, timeout=30, verify=PLAIN) as client:
        client.get("/-/livez")
        begun = time.perf_counter()
        status = client.post(f"/hooks/{name}").status_code
    return status, time.perf_counter() - begun


def _timed(running: Gateway, workflow: Workflow, name: str) -> tuple[set[int], list[float]]:
    if name == "failing":
        found = []
        # Not ten in a row: the gateway would stop to call the host for a while.
        for _ in range(8):
            workflow.flaky = 0
            found.append(_ask(running, name))
    else:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: _ask(running, name), range(20)))
    return {status for status, _ in found}, sorted(seconds for _, seconds in found)


def _line(name: str, statuses: set[int], seconds: list[float]) -> str:
    status, due = EXPECTED[name]
    holds = statuses == {status} and due - NEAR <= seconds[0] <= due + NEAR
    shown = f"{seconds[0]:.3f} to {seconds[-1]:.3f} s, median {seconds[len(seconds) // 2]:.3f}"
    return f"{name}: {status} due after {due:g} s, told {statuses} after {shown}: " + (
        "holds" if holds else "FAILS"
    )
