"""What a caller of a durable hook is answered, and what it finds at the outcome URL."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.delivery.site import outcome
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow


def test_what_is_stored_is_202_with_a_place_to_ask_for_the_outcome(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/plain", json={"order": 7})
    told = answer.json()
    assert answer.status_code == 202
    assert told["status"] == "running"
    assert (told["hook"], len(told["run"])) == ("plain", 36)
    assert answer.headers["location"] == told["outcome"]
    assert told["outcome"].startswith("/-/outcome/")
    assert told["run"] not in told["outcome"]
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["vary"].lower() == "prefer"
    assert answer.headers["cache-control"] == "no-store"
    assert "preference-applied" not in answer.headers


def test_the_outcome_has_what_became_of_the_run(running: Gateway, workflow: Workflow) -> None:
    told = running.request("POST", "/hooks/plain", json={"order": 8}).json()
    found = outcome(running, told["outcome"])
    assert (found["status"], found["hook"], found["run"]) == ("succeeded", "plain", told["run"])
    assert found["attempts"] == 1
    assert found["workflow"]["status_code"] == 200
    assert found["outputs"] == {"workflow": "/run/plain", "received": {"order": 8}}
    assert datetime.fromisoformat(found["accepted_at"]) <= datetime.fromisoformat(
        found["finished_at"]
    )
    (call,) = [one for one in workflow.received if one.headers["idempotency-key"] == told["run"]]
    assert call.headers["gateway-attempt"] == "1"


def test_an_outcome_within_the_wait_is_the_answer_of_a_direct_hook(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/waiting", json={"order": 9})
    assert answer.status_code == 200
    assert answer.json() == {"workflow": "/run/waiting", "received": {"order": 9}}
    assert "location" not in answer.headers
    report = running.request("POST", "/hooks/report").json()
    assert (report["status"], report["workflow"]["status_code"]) == ("succeeded", 200)


def test_a_first_attempt_that_fails_is_told_at_once_where_the_next_is_too_late(
    running: Gateway,
) -> None:
    answer = running.request("POST", "/hooks/late")
    told = answer.json()
    assert (answer.status_code, told["status"], told["attempts"]) == (202, "queued", 1)
    assert datetime.fromisoformat(told["next_attempt_at"]).tzinfo is not None
    assert answer.headers["retry-after"] == "30"
    assert answer.elapsed.total_seconds() < 10


def test_an_attempt_after_the_first_is_waited_for_as_well(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/soon")
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize(("name", "status"), [("dead", 502), ("timeout", 504)])
def test_a_run_that_is_dead_within_the_wait_is_a_report(
    running: Gateway, name: str, status: int
) -> None:
    answer = running.request("POST", f"/hooks/{name}")
    report = answer.json()
    assert (answer.status_code, report["status"]) == (status, "dead")
    assert report["reason"].startswith("the workflow ")
    assert "secret" not in answer.text


def test_who_waited_long_enough_gets_202(running: Gateway, workflow: Workflow) -> None:
    workflow.gate.clear()
    answer = running.request("POST", "/hooks/gate")
    assert (answer.status_code, answer.json()["status"]) == (202, "running")
    workflow.gate.set()
    assert outcome(running, answer.headers["location"])["outputs"] == {"gate": "open"}


@pytest.mark.parametrize(
    ("asked", "applied", "status"),
    [
        ("respond-async", "respond-async", 202),
        ("wait=20", "wait=20", 200),
        ("wait=99", "wait=30", 200),
        ("wait=0", "wait=0", 202),
        ("respond-async, wait=20", "respond-async, wait=20", 200),
        ("wait=soon", None, 200),
        ("return=minimal", None, 200),
    ],
)
def test_callers_choose_how_long_they_wait(
    running: Gateway, asked: str, applied: str | None, status: int
) -> None:
    answer = running.request("POST", "/hooks/waiting", headers={"Prefer": asked})
    assert (answer.status_code, answer.headers.get("preference-applied")) == (status, applied)
    assert answer.headers["vary"].lower() == "prefer"


@pytest.mark.parametrize("name", ["deaf", "direct"])
def test_a_hook_that_lets_nobody_choose_names_no_preference(running: Gateway, name: str) -> None:
    answer = running.request("POST", f"/hooks/{name}", headers={"Prefer": "wait=5, respond-async"})
    assert answer.status_code == (202 if name == "deaf" else 200)
    assert not {"preference-applied", "vary"} & answer.headers.keys()


def test_a_repetition_is_told_of_the_first_run_and_never_of_its_outputs(
    running: Gateway, workflow: Workflow
) -> None:
    header = {"X-Id": "a"}
    first = running.request("POST", "/hooks/once", json={"n": 1}, headers=header)
    outcome(running, first.headers["location"])
    second = running.request("POST", "/hooks/once", json={"n": 2}, headers=header)
    assert second.status_code == 200
    assert second.headers["location"] == first.headers["location"]
    run = first.json()["run"]
    assert second.json() == {
        "status": "duplicate", "hook": "once", "run": run, "was": "succeeded",
        "outcome": first.headers["location"],
    }  # fmt: skip
    assert [one.headers["idempotency-key"] for one in workflow.received].count(run) == 1


def test_a_repetition_may_wait_for_the_first_run(running: Gateway, workflow: Workflow) -> None:
    workflow.gate.clear()
    header = {"X-Id": "b"}
    first = running.request("POST", "/hooks/once-gate", headers=header)
    second = running.request("POST", "/hooks/once-gate", headers=header)
    assert (first.status_code, second.status_code) == (202, 202)
    assert (second.json()["was"], second.json()["run"]) == ("running", first.json()["run"])
    workflow.gate.set()
    third = running.request("POST", "/hooks/once-gate", headers={**header, "Prefer": "wait=20"})
    assert (third.status_code, third.json()["was"]) == (200, "succeeded")


def test_beyond_its_limit_a_hook_is_full(running: Gateway, workflow: Workflow) -> None:
    workflow.gate.clear()
    first = running.request("POST", "/hooks/small")
    full = running.request("POST", "/hooks/small")
    workflow.gate.set()
    assert (first.status_code, full.status_code) == (202, 503)
    assert full.json()["type"] == "urn:webhook-gateway:store-full"
    assert full.headers["retry-after"] == "5"
    assert full.headers["content-type"] == "application/problem+json"
    outcome(running, first.headers["location"])


def test_the_headers_of_a_successful_answer_are_those_of_202_too(running: Gateway) -> None:
    assert running.request("POST", "/hooks/headers").headers["x-handled-by"] == "gateway"


def test_a_request_has_one_line_an_attempt_one_and_an_end_one(running: Gateway) -> None:
    told = running.request("POST", "/hooks/soon").headers["x-request-id"]
    line = running.wait_for_line(event="request", request_id=told)
    assert (line["outcome"], line["status"], line["hook"]) == ("succeeded", 200, "soon")
    ended = running.wait_for_line(event="run ended", run=line["run"])
    assert ended["state"] == "succeeded"
    attempts = [one for one in running.lines("attempt") if one["run"] == line["run"]]
    assert [one["attempt"] for one in attempts] == list(range(1, ended["attempts"] + 1))
    assert {one["outcome"] for one in attempts[:-1]} <= {"retry"}
