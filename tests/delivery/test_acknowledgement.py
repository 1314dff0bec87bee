"""A durable hook's own answer, which its caller gets once the run is stored."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.delivery.site import NEVER, delivering, hook, outcome
from tests.support.gateway import Gateway
from tests.support.workflow import Workflow

TEXT = '{body: "Working on ${body.text}.", headers: {X-Run: "${run.id}"}}'
BY_ID = 'deduplicate: {by: "${headers.X-Id}"}'


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    url = workflow.url
    text = "---\n".join(
        (
            hook("command", f"{url}/run/command", BY_ID, response=TEXT),
            hook("waiting", f"{url}/run/waiting", delivery="wait: 20s", response=TEXT),
            hook("late", f"{url}/flaky/2", delivery="wait: 20s, retry: {after: [1s]}",
                 response=TEXT),
            hook("dead", f"{url}/status/422", delivery=f"wait: 20s, {NEVER}", response=TEXT),
            hook("empty", f"{url}/run/empty", response="{status: 204}"),
            hook("page", f"{url}/run/page",
                 response='{status: 303, headers: {Location: "https://shop.example/${run.id}"}}'),
            hook("header", f"{url}/run/header", delivery="wait: 0s",
                 response='{headers: {X-Order: "${body.order}"}}'),
            hook("header-waiting", f"{url}/flaky/2", delivery="wait: 20s, retry: {after: [1s]}",
                 response='{headers: {X-Order: "${body.order}"}}'),
        )
    )  # fmt: skip
    with delivering(tmp_path_factory.mktemp("said"), workflow, text=text) as found:
        yield found


def test_the_text_of_the_hook_is_the_answer_and_reads_the_request(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/command", json={"text": "deploy"})
    assert (answer.status_code, answer.text) == (200, "Working on deploy.")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    found = outcome(running, answer.headers["location"])
    assert (found["status"], found["run"]) == ("succeeded", answer.headers["x-run"])
    assert "outputs" not in found
    line = running.wait_for_line(event="request", request_id=answer.headers["x-request-id"])
    assert (line["outcome"], line["status"], line["run"]) == ("running", 200, found["run"])


def test_a_repetition_gets_the_same_text_and_the_id_of_the_first_run(running: Gateway) -> None:
    first, second = (
        running.request("POST", "/hooks/command", json={"text": text}, headers={"X-Id": "a"})
        for text in ("one", "two")
    )
    assert (second.status_code, second.text) == (200, "Working on two.")
    assert second.headers["x-run"] == first.headers["x-run"]
    assert second.headers["location"] == first.headers["location"]
    line = running.wait_for_line(event="request", request_id=second.headers["x-request-id"])
    assert line["outcome"] == "duplicate"


@pytest.mark.parametrize("name", ["waiting", "late"])
def test_who_waits_gets_it_after_the_outcome(
    running: Gateway, workflow: Workflow, name: str
) -> None:
    workflow.flaky = 0
    answer = running.request("POST", f"/hooks/{name}", json={"text": "x"})
    assert (answer.status_code, answer.text) == (200, "Working on x.")
    line = running.wait_for_line(event="request", request_id=answer.headers["x-request-id"])
    assert line["outcome"] == "succeeded"


def test_who_waits_for_a_run_that_dies_gets_the_report(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/dead", json={"text": "x"})
    assert (answer.status_code, answer.json()["status"]) == (502, "dead")


def test_a_request_that_gives_no_answer_is_refused_and_starts_nothing(
    running: Gateway, workflow: Workflow
) -> None:
    before = len(workflow.received)
    answer = running.request("POST", "/hooks/command", json={"order": 1})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:webhook-gateway:cannot-map"
    assert "text" in answer.json()["detail"]
    assert running.request("POST", "/hooks/empty", json={}).status_code == 204
    assert "/run/command" not in [one.target for one in workflow.received[before:]]


def test_an_answer_without_a_body_says_where_the_outcome_is(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/empty", json={})
    assert (answer.status_code, answer.content) == (204, b"")
    assert outcome(running, answer.headers["location"])["status"] == "succeeded"


def test_a_page_of_the_hooks_own_is_where_the_caller_is_sent(running: Gateway) -> None:
    answer = running.request("POST", "/hooks/page", json={})
    assert answer.status_code == 303
    assert answer.headers.get_list("location") == [answer.headers["location"]]
    assert answer.headers["location"].startswith("https://shop.example/")


def test_headers_that_read_the_request_stand_in_202_and_in_the_outputs(
    running: Gateway, workflow: Workflow
) -> None:
    workflow.flaky = 0
    early = running.request("POST", "/hooks/header", json={"order": 7})
    assert (early.status_code, early.headers["x-order"]) == (202, "7")
    found = outcome(running, early.headers["location"])
    assert found["outputs"]["received"] == {"order": 7}
    waited = running.request("POST", "/hooks/header-waiting", json={"order": 8})
    assert (waited.status_code, waited.headers["x-order"]) == (200, "8")
