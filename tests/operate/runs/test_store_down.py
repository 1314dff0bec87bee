"""A store that ends is named to operators, and counters go on with the next one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.operate.runs.site import accepted, ask, operated
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.polling import until
from tests.support.workflow import Workflow


def metric(running: Gateway, name: str, **labels: str) -> float | None:
    """The value of one series, None where there is none."""
    text = running.operate("GET", "/-/metrics", headers=ADMIN).text
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and sample.labels == labels
        ),
        None,
    )


def test_counters_never_go_back_when_the_store_is_killed(
    tmp_path: Path, workflow: Workflow
) -> None:
    with operated(tmp_path, workflow) as running:
        for _ in range(3):
            accepted(running, "dead", "dead")
        counted = ("gateway_runs_finished_total", "gateway_runs_accepted_total")
        assert metric(running, counted[0], hook="dead", state="dead") == 3
        os.kill(running.store(), signal.SIGKILL)
        until(lambda: metric(running, "gateway_store_restarts_total") == 1)
        until(lambda: metric(running, "gateway_store_up") == 1)
        assert metric(running, counted[0], hook="dead", state="dead") == 3
        accepted(running, "dead", "dead")
        assert metric(running, counted[1], hook="dead") == 4
        assert metric(running, "gateway_runs", hook="dead", state="dead") == 4


def test_a_store_that_cannot_be_opened_is_named_and_direct_hooks_serve(
    tmp_path: Path, workflow: Workflow
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "runs.db").write_bytes(b"no database" * 1000)
    with operated(tmp_path, workflow) as running:
        until(lambda: running.operate("GET", "/-/readyz").json().get("store") == "unavailable")
        ready = running.operate("GET", "/-/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        store = running.operate("GET", "/-/status", headers=ADMIN).json()["store"]
        assert store["state"] == "unavailable"
        assert "gateway runs check" in store["problem"]
        answer = ask(running, "GET", "")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "is damaged" in answer.json()["detail"]
        assert metric(running, "gateway_store_up") == 0


def test_a_gateway_without_a_state_directory_says_that_it_keeps_no_runs(
    tmp_path: Path, workflow: Workflow
) -> None:
    hook = f"name: a\nauthentication: none\nworkflow: {workflow.url}/run/a\n"
    with gateway(tmp_path, {"a.yaml": hook}) as running:
        answer = ask(running, "GET", "")
        assert (answer.status_code, "--state" in answer.json()["detail"]) == (404, True)
        assert answer.json()["title"] == "The gateway keeps no runs"
        assert running.operate("GET", "/-/status", headers=ADMIN).json()["store"] is None
        assert metric(running, "gateway_store_up") is None
        assert running.operate("GET", "/-/readyz").json() == {
            "status": "ready", "stale": 0, "out_of_service": 0,
        }  # fmt: skip


def test_runs_are_found_and_cancelled_after_the_last_durable_hook_is_gone(
    tmp_path: Path, workflow: Workflow
) -> None:
    with operated(tmp_path, workflow) as running:
        run = accepted(running, "late", "queued")
    hook = f"name: a\nauthentication: none\nworkflow: {workflow.url}/run/a\n"
    state = ("--state", str(tmp_path / "state"))
    with gateway(tmp_path, {"hooks.yaml": hook}, *state) as running:
        [found] = ask(running, "GET", "").json()["runs"]
        assert (found["run"], found["held"]) == (run, "no durable hook of this name")
        assert ask(running, "POST", f"/{run}/cancel").json()["changed"] == 1
