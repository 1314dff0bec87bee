"""What templates read of a request is what it was, whichever process delivers its run."""

from __future__ import annotations

from pathlib import Path

from tests.delivery.site import delivering, hook, outcome
from tests.support.gateway import ADMIN
from tests.support.polling import until
from tests.support.workflow import Workflow

READ = (
    "id: '${request.id}', at: '${request.received}', method: '${request.method}', "
    "by: '${sender.address}', run: '${run.id}'"
)


def test_a_run_that_another_process_replays_sends_what_was_accepted(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.received.clear()
    target = f"{{url: {workflow.url}/status/422, data: {{{READ}}}}}"
    text = hook("mapped", target)
    with delivering(tmp_path, workflow, text=text) as before:
        accepted = before.request("POST", "/hooks/mapped", json={}, headers={"X-Request-Id": "one"})
        assert outcome(before, accepted.headers["location"])["status"] == "dead"
    with delivering(tmp_path, workflow, text=text) as after:
        path = f"/-/runs/{accepted.json()['run']}/replay"
        until(lambda: after.operate("POST", path, headers=ADMIN, json={}).status_code == 200)
        until(lambda: len(workflow.received) == 2)
    first, second = (one.json() for one in workflow.received)
    assert first == second
    assert (first["id"], first["run"]) == ("one", accepted.json()["run"])


def test_a_repeated_request_after_a_restart_is_answered_about_the_first_run(
    tmp_path: Path, workflow: Workflow
) -> None:
    text = hook(
        "once",
        f"{workflow.url}/run/once",
        'deduplicate: {by: "${headers.X-Id}"}',
        response=f"{{body: {{{READ}}}}}",
    )
    answers = []
    for name in ("one", "two"):
        with delivering(tmp_path, workflow, text=text) as running:
            headers = {"X-Request-Id": name, "X-Id": "same"}
            until(lambda: running.request("GET", "/-/readyz").json().get("store") is None)
            answers.append(running.request("POST", "/hooks/once", json={}, headers=headers).json())
    assert answers[0]["run"] == answers[1]["run"]
    assert [one["id"] for one in answers] == ["one", "two"]
