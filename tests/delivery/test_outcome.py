"""Who holds a ticket may ask what became of a run; nobody else learns that there is one."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.delivery.site import delivering, hook, outcome
from tests.support.gateway import Gateway
from tests.support.polling import until
from tests.support.ports import free_port
from tests.support.raw import Caller
from tests.support.workflow import Workflow


@pytest.fixture(scope="module")
def path(running: Gateway) -> str:
    """The outcome of a run that succeeded."""
    found: str = running.request("POST", "/hooks/plain", json={}).headers["location"]
    outcome(running, found)
    return found


def test_an_outcome_is_read_by_get_and_head_alone(running: Gateway, path: str) -> None:
    assert running.request("HEAD", path).status_code == 200
    refused = running.request("POST", path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_tickets_that_open_nothing_are_alike(running: Gateway, path: str) -> None:
    forged = path[:-2] + ("AA" if path[-2:] != "AA" else "BA")
    answers = [
        running.request("GET", one, headers={"X-Request-Id": "same"})
        for one in (forged, "/-/outcome/", "/-/outcome/x", f"{path}A", f"{path}/", "/-/outcome/%00")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    problem = answers[0].json()
    assert problem["type"] == "urn:webhook-gateway:no-such-ticket"
    assert problem["title"] == "No run has this ticket"


def test_guessing_is_limited_and_who_has_a_ticket_does_not_notice(
    running: Gateway, path: str
) -> None:
    for _ in range(12):
        guessed = running.request("GET", f"/-/outcome/{'A' * 43}")
    assert guessed.status_code == 429
    assert int(guessed.headers["retry-after"]) >= 1
    assert running.request("GET", path).status_code == 200


def test_a_ticket_is_in_no_log(running: Gateway, path: str) -> None:
    running.request("DELETE", path)
    running.request("GET", f"{path}?x=1", headers={"Host": ""})
    ticket = path.rpartition("/")[2]
    output = running.output()
    assert "/-/outcome/…" in output
    assert ticket not in output
    assert ticket[:20] not in output


MISSPELT = {
    "two lengths": b"GET %b HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n",
    "many fields": b"GET %b HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    "no length": b"POST %b HTTP/1.0\r\n\r\n",
    "expectation": b"GET %b HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n",
    "long URL": b"GET %b?" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL": b"GET %b\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "two slashes": b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n",
    "a path before it": b"GET /gateway%b HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("spelling", MISSPELT)
def test_a_ticket_is_in_no_line_of_what_is_refused_before_it_is_read(
    running: Gateway, path: str, spelling: str
) -> None:
    with Caller(running.port) as caller:
        assert caller.send(MISSPELT[spelling] % path.encode()).answer().status >= 400
    output = running.output()
    assert output.count("…") > 0
    assert path.rpartition("/")[2] not in output


def test_an_outcome_that_is_waited_for_comes_when_the_run_ends(
    running: Gateway, workflow: Workflow
) -> None:
    workflow.gate.clear()
    place = running.request("POST", "/hooks/gate").headers["location"]
    first = running.request("GET", place)
    assert (first.json()["status"], first.headers["retry-after"]) == ("running", "1")
    assert "finished_at" not in first.json()
    workflow.gate.set()
    assert outcome(running, place)["status"] == "succeeded"


def test_who_waits_for_outcomes_has_no_more_places_than_a_hook(
    running: Gateway, workflow: Workflow
) -> None:
    workflow.gate.clear()
    place = running.request("POST", "/hooks/gate").headers["location"].encode()
    asking = b"GET %b HTTP/1.1\r\nHost: x\r\nPrefer: wait=30\r\n\r\n" % place
    with ExitStack() as stack:
        callers = [stack.enter_context(Caller(running.port)).send(asking) for _ in range(140)]
        until(lambda: sum(one.said_something() for one in callers) == 12)
        workflow.gate.set()
        told = Counter(json.loads(one.answer().body)["status"] for one in callers)
    assert told == {"running": 12, "succeeded": 128}


def test_callers_reach_outcomes_at_another_path_beside_a_listener_of_operators(
    tmp_path: Path, workflow: Workflow
) -> None:
    text, path = hook("plain", f"{workflow.url}/run/plain"), ("--outcome-path", "/results")
    with delivering(tmp_path, workflow, *path, text=text, operators=free_port()) as running:
        place = running.request("POST", "/hooks/plain").headers["location"]
        assert place.startswith("/results/")
        assert outcome(running, place)["status"] == "succeeded"
        assert running.request("GET", place.replace("/results", "/-/outcome")).status_code == 404
        assert running.request("GET", "/-/livez").status_code == 404


def test_outputs_are_kept_where_the_answer_would_be_outputs(
    running: Gateway, workflow: Workflow
) -> None:
    workflow.raws["large"] = _answer(b"application/json", b'"%s"' % (b"x" * 70_000))
    workflow.raws["text"] = _answer(b"text/plain; charset=utf-8", "é".encode())
    workflow.raws["deep"] = _answer(b"application/json", b"[" * 30_000 + b"]" * 30_000)
    workflow.raws["binary"] = _answer(b"application/pdf", b"\xff\x00")

    def ended(name: str) -> dict[str, object]:
        body = {"order": {"id": 7, "secret": 1}}
        headers = {"Prefer": "respond-async"}
        answer = running.request("POST", f"/hooks/{name}", json=body, headers=headers)
        return outcome(running, answer.headers["location"])

    assert ended("selected")["outputs"] == {"received": {"order": {"id": 7}}}
    assert "outputs" not in ended("report")
    assert ended("text")["outputs"] == "é"
    for name in ("large", "deep", "binary"):
        found = ended(name)
        assert found["outputs_omitted"] is True
        assert "outputs" not in found
    dead = ended("unselectable")
    assert (dead["status"], dead["attempts"]) == ("dead", 1)
    assert "not JSON" in str(dead["reason"])


def _answer(kind: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (kind, len(body)) + body
