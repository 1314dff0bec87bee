"""Operators find every run, replay and cancel what they choose, and are told why not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.operate.runs.site import accepted, ask, hooks, shown
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.workflow import Workflow

NOBODY = "0193a1c2-7f3e-7c1a-9d55-0b6f3a2e8c41"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", f"/{NOBODY}"),
        ("GET", f"/{NOBODY}/payload"),
        ("POST", f"/{NOBODY}/replay"),
        ("POST", f"/{NOBODY}/cancel"),
        ("POST", "/replay"),
        ("POST", "/cancel"),
        ("POST", "/backup"),
    ],
)
def test_nothing_is_told_or_done_without_the_token(
    running: Gateway, method: str, path: str
) -> None:
    assert running.operate(method, f"/-/runs{path}").status_code == 401


def test_runs_are_listed_newest_first_by_hook_and_state(running: Gateway) -> None:
    dead = [accepted(running, "dead", "dead") for _ in range(3)]
    accepted(running, "good", "succeeded")
    first = ask(running, "GET", "?hook=dead&state=dead&limit=2").json()
    assert [one["run"] for one in first["runs"]] == dead[:0:-1]
    rest = ask(running, "GET", f"?hook=dead&state=dead&limit=2&after={first['next']}").json()
    assert rest["runs"][0]["run"] == dead[0]
    one = rest["runs"][0]
    assert (one["hook"], one["state"], one["attempts"], one["status_code"]) == (
        "dead", "dead", 1, 422,
    )  # fmt: skip
    before = ask(
        running, "GET", "", params={"hook": "dead", "until": first["runs"][0]["accepted_at"]}
    )
    assert dead[2] not in {run["run"] for run in before.json()["runs"]}


@pytest.mark.parametrize(
    "query", ["state=dying", "limit=many", "since=yesterday", "since=2026-11-26T10:00:00", "hok=a",
              "after=x", "hook=a&hook=b"]
)  # fmt: skip
def test_a_query_that_cannot_be_used_is_refused_with_a_sentence(
    running: Gateway, query: str
) -> None:
    answer = ask(running, "GET", f"?{query}")
    assert answer.status_code == 400
    assert len(answer.json()["detail"]) > 20


@pytest.mark.parametrize("body", ["{}", '{"hook": ""}', '{"hook": null}', "[]"])
@pytest.mark.parametrize("command", ["cancel", "replay"])
def test_many_runs_are_those_of_a_hook_that_is_named(
    running: Gateway, command: str, body: str
) -> None:
    run = accepted(running, "late", "queued")
    answer = ask(running, "POST", f"/{command}", content=body)
    assert (answer.status_code, "hook" in answer.json()["detail"] or body == "[]") == (400, True)
    assert shown(running, run)["state"] == "queued"


def test_a_run_is_shown_with_its_attempts(running: Gateway) -> None:
    run = accepted(running, "late", "queued")
    until(lambda: shown(running, run)["attempts"] == 1)
    found = shown(running, run)
    assert found["next_attempt_at"] > found["accepted_at"]
    assert found["changed_since"] == []
    [attempt] = found["attempt_list"]
    assert (attempt["number"], attempt["outcome"], attempt["status_code"]) == (1, "retry", 503)


def test_a_payload_is_shown_when_asked_and_that_is_logged(running: Gateway) -> None:
    run = accepted(running, "good", "succeeded")
    payload = ask(running, "GET", f"/{run}/payload").json()
    assert '"name":"good"' in payload["body"].replace(" ", "")
    line = running.wait_for_line(event="the payload of a run was shown", run=run)
    assert (line["credential"], line["client"]) == ("admin", "127.0.0.1")


def test_an_unknown_run_is_not_found(running: Gateway) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "/payload"),
        ("POST", "/replay"),
        ("POST", "/cancel"),
    ):
        for name in (NOBODY, "no-id"):
            answer = ask(running, method, f"/{name}{path}")
            assert (answer.status_code, answer.json()["title"]) == (404, "No run has this id")
    nowhere = ask(running, "GET", f"/{NOBODY}/nothing").json()
    assert nowhere["title"] == "No endpoint has this path"


def test_a_dead_run_goes_on_under_its_own_id(running: Gateway, workflow: Workflow) -> None:
    run = accepted(running, "dead", "dead")
    done = ask(running, "POST", f"/{run}/replay").json()
    assert (done["changed"], done["runs"]) == (1, [run])
    until(lambda: shown(running, run)["attempts"] == 2 and shown(running, run)["state"] == "dead")
    keys = [
        one.headers["idempotency-key"] for one in workflow.received if one.target == "/status/422"
    ]
    assert keys.count(run) == 2


def test_a_run_that_succeeded_runs_anew_under_another_id(running: Gateway) -> None:
    run = accepted(running, "good", "succeeded")
    refused = ask(running, "POST", f"/{run}/replay")
    assert refused.status_code == 409
    assert "anew" in refused.json()["detail"]
    ids = {ask(running, "POST", f"/{run}/replay", json={"anew": True}).json()["runs"][0]
           for _ in range(2)}  # fmt: skip
    assert len(ids | {run}) == 3
    for copy in ids:
        until(partial(_succeeded, running, copy))
        assert shown(running, copy)["replay_of"] == run


def _succeeded(running: Gateway, run: str) -> bool:
    return bool(shown(running, run)["state"] == "succeeded")


def test_a_run_that_is_queued_is_cancelled_and_then_not_again(running: Gateway) -> None:
    run = accepted(running, "late", "queued")
    assert ask(running, "POST", f"/{run}/cancel").json()["changed"] == 1
    assert shown(running, run)["state"] == "cancelled"
    ended = running.wait_for_line(event="run ended", run=run)
    assert (ended["state"], ended["reason"]) == ("cancelled", "an operator cancelled the run")
    again = ask(running, "POST", f"/{run}/cancel")
    assert (again.status_code, "cancelled" in again.json()["detail"]) == (409, True)


def test_many_are_counted_first_and_then_changed(running: Gateway) -> None:
    ask(running, "POST", "/cancel", json={"hook": "late"})
    runs = {accepted(running, "late", "queued") for _ in range(3)}
    counted = ask(running, "POST", "/cancel", json={"hook": "late", "dry_run": True}).json()
    assert (counted["matched"], counted["changed"]) == (len(runs), 0)
    done = ask(running, "POST", "/cancel", json={"hook": "late"})
    assert (done.status_code, set(done.json()["runs"])) == (200, runs)
    line = running.wait_for_line(event="runs cancelled", count=len(runs))
    assert (line["hook"], line["credential"]) == ("late", "admin")


def test_dead_runs_are_cancelled_where_they_are_asked_for(running: Gateway) -> None:
    run = accepted(running, "dead", "dead")
    assert ask(running, "POST", "/cancel", json={"hook": "dead"}).json()["changed"] == 0
    done = ask(running, "POST", "/cancel", json={"hook": "dead", "state": "dead"})
    assert run in done.json()["runs"]
    assert shown(running, run)["state"] == "cancelled"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"hook": 1}',
        b'{"hook": "a", "stat": "dead"}',
        b"\xff",
        b"x" * 20_000,
        b'{"hook": "late", "hook": "dead"}',
        b'{"hook": "a", "dry_run": true, "dry_run": false}',
    ],
)
def test_a_command_that_cannot_be_read_changes_nothing(running: Gateway, body: bytes) -> None:
    answer = ask(running, "POST", "/cancel", content=body)
    assert answer.status_code in (400, 413)
    assert answer.json()["detail"]


def test_a_backup_is_a_store_of_its_own_and_overwrites_nothing(
    running: Gateway, tmp_path: Path
) -> None:
    file = tmp_path / "runs.db"
    done = ask(running, "POST", "/backup", json={"file": str(file)})
    assert done.json() == {"file": str(file), "bytes": file.stat().st_size}
    assert file.stat().st_mode & 0o777 == 0o600
    assert ask(running, "POST", "/backup", json={"file": str(file)}).status_code == 409
    assert ask(running, "POST", "/backup", json={"file": "runs.db"}).status_code == 400
    assert ask(running, "POST", "/backup", json={"file": "/nowhere/runs.db"}).status_code == 409


@pytest.mark.parametrize(
    ("name", "status", "why"),
    [
        ("a\0b", 400, "absolute path"),
        ("n" * 300, 409, "File name too long"),
        ("dangling", 409, "exists already"),
    ],
    ids=["NUL", "long", "link"],
)
def test_a_backup_that_cannot_be_written_says_why_and_the_store_goes_on(
    running: Gateway, tmp_path: Path, name: str, status: int, why: str
) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    answer = ask(running, "POST", "/backup", json={"file": f"{tmp_path}/{name}"})
    assert (answer.status_code, why in answer.json()["detail"]) == (status, True)
    accepted(running, "good", "succeeded")
    assert running.lines("the store ended unexpectedly") == []


def test_the_status_has_store_and_targets(running: Gateway, workflow: Workflow) -> None:
    accepted(running, "dead", "dead")
    status = running.operate("GET", "/-/status", headers=ADMIN).json()
    store = status["store"]
    assert (store["state"], store["engine"]) == ("serving", "sqlite")
    assert store["runs"]["dead"] >= 1
    assert 0 < store["bytes"] < store["bytes_limit"]
    assert abs(store["clock_offset"]) < 5
    assert status["targets"][workflow.url]["breaker"] == "closed"


def test_a_replay_is_refused_when_what_let_the_run_in_has_changed(
    running: Gateway, workflow: Workflow
) -> None:
    run = accepted(running, "keyed", "dead")
    directory = running.log.parent / "hooks.d"
    (directory / "hooks.yaml").write_text(hooks(workflow.url, key="two"))
    assert running.operate("POST", "/-/reload", headers=ADMIN).status_code == 200
    assert shown(running, run)["changed_since"] == ["authentication"]
    refused = ask(running, "POST", f"/{run}/replay")
    assert refused.status_code == 409
    assert "authentication" in refused.json()["detail"]
    many = ask(running, "POST", "/replay", json={"hook": "keyed"}).json()
    assert (many["matched"], many["changed"], many["gate_differs"]) == (1, 0, 1)
    done = ask(running, "POST", f"/{run}/replay", json={"anyway": True})
    assert done.json()["changed"] == 1
    line = running.wait_for_line(event="runs replayed", anyway=True)
    assert (line["run"], line["changed_since"]) == (run, ["authentication"])


def test_the_runs_of_a_hook_that_is_gone_or_disabled_are_held_and_not_replayed(
    running: Gateway, workflow: Workflow
) -> None:
    run = accepted(running, "dead", "dead")
    waiting = accepted(running, "late", "queued")
    file = running.log.parent / "hooks.d" / "hooks.yaml"
    text = hooks(workflow.url)
    file.write_text(
        text.replace("name: dead\n", "name: dead\nenabled: false\n").replace(
            "name: late", "name: x"
        )
    )
    assert running.operate("POST", "/-/reload", headers=ADMIN).status_code == 200
    refused = ask(running, "POST", f"/{run}/replay", json={"anyway": True})
    assert (refused.status_code, "disabled" in refused.json()["detail"]) == (409, True)
    gone = ask(running, "POST", "/replay", json={"hook": "late"})
    assert (gone.status_code, "No hook is named" in gone.json()["detail"]) == (409, True)
    until(lambda: shown(running, waiting)["held"] == "no durable hook of this name")
    assert ask(running, "POST", f"/{waiting}/cancel").json()["changed"] == 1
