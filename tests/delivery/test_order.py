"""Runs of one lane reach the workflow in the order in which they were accepted, one at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.delivery.site import delivering, hook
from tests.faults.lanes import in_order
from tests.support.workflow import Workflow


def test_lanes_are_in_order_while_calls_fail_and_the_store_and_workers_are_killed(
    tmp_path: Path,
) -> None:
    outcome = in_order(tmp_path, lanes=4, runs=10, victims=("store", "worker"))
    assert outcome.holds, outcome
    assert outcome.failed


def test_equal_keys_at_once_are_one_run_whichever_workers_they_reach(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    text = hook("once", f"{workflow.url}/run/once", 'deduplicate: {by: "${headers.X-Id}"}')
    with delivering(tmp_path, workflow, "--workers", "2", text=text) as running:
        with ThreadPoolExecutor(25) as pool:
            asked = [
                pool.submit(running.request, "POST", "/hooks/once", headers={"X-Id": "same"})
                for _ in range(100)
            ]
            told = [one.result() for one in asked]
        assert {answer.status_code for answer in told} <= {200, 202}, [
            answer.text for answer in told
        ]
        assert len({answer.headers["location"] for answer in told}) == 1
        assert sum(answer.json()["status"] == "duplicate" for answer in told) == 99
        running.wait_for_line(event="run ended")
    assert len(workflow.received) == 1
