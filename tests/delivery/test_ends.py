"""A gateway that is told to stop promises only what it keeps, and lets nobody wait."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import httpx

from tests.delivery.site import delivering, hook
from tests.support.workflow import Workflow


def test_attempts_end_where_they_can_and_others_go_back_uncounted(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.gate.clear()
    workflow.received.clear()
    text = "---\n".join(
        (
            hook("short", f"{workflow.url}/gate", delivery="concurrency: 64"),
            hook("long", f"{{url: {workflow.url}/hang, timeout: 5m}}", delivery="concurrency: 64"),
            hook("waiting", f"{workflow.url}/hang", delivery="wait: 30s"),
        )
    )
    with delivering(tmp_path, workflow, "--drain", "2s", text=text) as running:
        for _ in range(10):
            assert running.request("POST", "/hooks/short").status_code == 202
            assert running.request("POST", "/hooks/long").status_code == 202
        waited: list[httpx.Response] = []
        caller = threading.Thread(
            target=lambda: waited.append(running.request("POST", "/hooks/waiting"))
        )
        caller.start()
        while sum(one.target == "/hang" for one in workflow.received) < 11:
            time.sleep(0.02)
        threading.Timer(0.3, workflow.gate.set).start()
        assert running.stop() == 0
        caller.join()
        assert (waited[0].status_code, waited[0].json()["status"]) == (202, "running")
        attempts = running.lines("attempt")
        assert [one["outcome"] for one in attempts if one["hook"] == "short"] == ["succeeded"] * 10
        assert {one["outcome"] for one in attempts if one["hook"] == "long"} == {"interrupted"}
        assert not running.lines("a worker did not end in time and is killed")
    assert not (tmp_path / "state" / "runs.db-wal").exists()


def test_what_comes_before_the_end_is_stored_and_delivered_after_the_next_start(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    text = hook("plain", f"{workflow.url}/run/plain", delivery="wait: 20s")
    with delivering(tmp_path, workflow, "--pre-drain", "3s", text=text) as running:
        running.process.send_signal(signal.SIGTERM)
        running.wait_for_line(event="draining")
        answer = running.request("POST", "/hooks/plain", json={})
        assert (answer.status_code, answer.json()["status"]) == (202, "queued")
        assert running.stop() == 0
    assert workflow.received == []
    with delivering(tmp_path, workflow, text=text) as after:
        after.wait_for_line(event="run ended", run=answer.json()["run"])
        told = after.request("GET", answer.headers["location"]).json()
    assert (told["status"], told["attempts"]) == ("succeeded", 1)
