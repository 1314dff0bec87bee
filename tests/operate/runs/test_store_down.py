"""A store that ends is named to operators, and counters go on with the next one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.delivery.site import delivering
from tests.delivery.test_faults import answers, text
from tests.operate.runs.site import accepted, ask, operated
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.workflow import Workflow


def metric(running: Gateway, name: str, **labels: str) -> float | None:
    """The value of one series, None where there is none."""
    told = running.operate("GET", "/-/metrics", headers=ADMIN).text
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(told)
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
    (tmp_path / "state" / "runs.db").write_bytes(b"no database, but as long as one" * 200)
    with delivering(tmp_path, workflow, text=text(workflow), operators=free_port()) as running:
        line = running.wait_for_line(event="hook is out of service")
        assert "is damaged" in line["reason"]
        assert (answers(running, "durable"), answers(running, "direct")) == (503, 200)
        refused = running.wait_for_line(event="request", hook="durable")
        assert refused["outcome"] == "store-unavailable"
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
    with gateway(tmp_path, {"a.yaml": text(workflow)}) as running:
        assert (answers(running, "durable"), answers(running, "direct")) == (503, 200)
        line = running.wait_for_line(event="hook is out of service")
        assert line["reason"] == "durable delivery needs a state directory or a database"
        assert "--state DIR" in line["hint"]
        answer = ask(running, "GET", "")
        assert (answer.status_code, "--state" in answer.json()["detail"]) == (404, True)
        assert answer.json()["title"] == "The gateway keeps no runs"
        assert running.operate("GET", "/-/status", headers=ADMIN).json()["store"] is None
        assert metric(running, "gateway_store_up") is None
        assert running.operate("GET", "/-/readyz").json() == {
            "status": "ready", "stale": 0, "out_of_service": 1,
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
