"""Runs of one lane reach the workflow in the order in which they were accepted, one at a time."""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.delivery.ledger import Callers, all_delivered
from tests.delivery.site import delivering, hook
from tests.delivery.test_faults import store_of
from tests.support.workflow import Workflow


def test_lanes_are_in_order_while_the_store_and_a_worker_are_killed(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    order = 'order: {by: "${body.lane}"}'
    text = hook("ordered", f"{workflow.url}/run/ordered", delivery=order)
    with delivering(tmp_path, workflow, "--workers", "2", text=text) as running:
        # One caller, who sends the next request when the last one was promised.
        caller = Callers(running, "/hooks/ordered", count=1)
        caller.until(60)
        os.kill(store_of(tmp_path), signal.SIGKILL)
        caller.until(60)
        os.kill(running.workers()[0], signal.SIGKILL)
        caller.until(60)
        caller.stop()
        all_delivered(workflow, "/run/ordered", caller.promised)
    lanes: dict[int, list[int]] = defaultdict(list)
    seen: set[str] = set()
    for call in list(workflow.received):
        if call.headers["idempotency-key"] not in seen:
            seen.add(call.headers["idempotency-key"])
            lanes[call.json()["lane"]].append(call.json()["n"])
    assert len(lanes) == 5
    assert all(numbers == sorted(numbers) for numbers in lanes.values())


def test_equal_keys_at_once_are_one_run_whichever_workers_they_reach(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    text = hook("once", f"{workflow.url}/run/once", 'deduplicate: {by: "${headers.X-Id}"}')
    with delivering(tmp_path, workflow, "--workers", "2", text=text) as running:
        with ThreadPoolExecutor(25) as pool:
            asked = [
                pool.submit(running.request, "POST", "/hooks/once", headers={"X-Id": "same"})
                for _ in range(50)
            ]
            told = [one.result() for one in asked]
        assert len({answer.headers["location"] for answer in told}) == 1
        assert sum(answer.json()["status"] == "duplicate" for answer in told) == 49
        running.wait_for_line(event="run ended")
    assert len(workflow.received) == 1
