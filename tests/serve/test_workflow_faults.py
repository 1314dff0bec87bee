"""A workflow may do anything: the caller gets a report, memory stays flat, the next is fine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.serve.processes import resident
from tests.support.gateway import Gateway, gateway
from tests.support.ports import free_port
from tests.support.untrusted import untrusted_endpoint
from tests.support.workflow import Received, Workflow

OK = b"HTTP/1.1 200 OK\r\n"
RAWS = {
    "bad-chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "cut": OK + b"Content-Length: 100\r\n\r\nhalf",
    "cut-chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    "nothing": b"",
    "half-head": OK + b"Content-Le",
    "not-http": b"SSH-2.0-OpenSSH\r\n\r\n",
    "two-lengths": OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "long": OK + b"Content-Length: 1073741824\r\n\r\n",
    "headers": OK + b"X-A: b\r\n" * 40_000 + b"\r\n",
    "header": OK + b"X-A: " + b"b" * 65536 + b"\r\n\r\n",
    "continues": b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
    "switches": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "unchanged": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "failed": b"HTTP/1.1 500 secret of the workflow\r\nContent-Length: 0\r\n\r\n",
}
BROKE = "the connection to the workflow was lost before it answered"
FAULTS: dict[str, tuple[str, int, str]] = {
    "reset": ("/reset", 502, BROKE),
    "hang": ("/hang", 504, "the workflow did not answer within 0.5 s"),
    "drip": ("/drip", 504, "the workflow did not answer within 0.5 s"),
    "error": ("/status/500", 502, "the workflow answered 500"),
    "gone": ("/status/404", 502, "the workflow answered 404"),
    "huge": ("/huge", 502, "the workflow's answer is larger than 1048576 bytes"),
    "nothing": ("/raw/nothing", 502, BROKE),
    "half-head": ("/raw/half-head", 502, BROKE),
    "continues": ("/raw/continues", 502, "the workflow's answer is not valid HTTP"),
    "redirect": ("/raw/redirect", 502, "the workflow answered 302"),
    "switches": ("/raw/switches", 502, "the workflow answered 101"),
    "unchanged": ("/raw/unchanged", 502, "the workflow answered 304"),
    "failed": ("/raw/failed", 502, "the workflow answered 500"),
    "bad-chunk": ("/raw/bad-chunk", 502, "the workflow's answer is not valid HTTP"),
    "not-http": ("/raw/not-http", 502, "the workflow's answer is not valid HTTP"),
    "headers": ("/raw/headers", 502, "the workflow's answer is not valid HTTP"),
    "header": ("/raw/header", 502, "the workflow's answer is not valid HTTP"),
    "two-lengths": ("/raw/two-lengths", 502, "the workflow's answer is not valid HTTP"),
    "cut": ("/raw/cut", 502, "the workflow's answer is incomplete"),
    "cut-chunks": ("/raw/cut-chunks", 502, "the workflow's answer is incomplete"),
    "long": ("/raw/long", 502, "the workflow's answer is larger than 1048576 bytes"),
}
HOOK = """
name: {name}
method: POST
authentication: none
workflow: {{url: "{url}", timeout: 500ms}}
response: {mode}
"""


def hooks(workflow: Workflow, untrusted: str) -> str:
    """Each fault answered with outputs, and again (`status-…`) with a report."""
    urls = {name: workflow.url + at for name, (at, *_) in FAULTS.items()}
    urls["refused"] = f"http://127.0.0.1:{free_port()}/"
    urls["unknown"] = "http://no-such-host.invalid/"
    urls["untrusted"] = untrusted
    urls["fine"] = workflow.url + "/run/fine"
    outputs = [HOOK.format(name=name, url=url, mode="outputs") for name, url in urls.items()]
    reports = [
        HOOK.format(name=f"status-{name}", url=url, mode="status") for name, url in urls.items()
    ]
    selected = HOOK.format(
        name="unselectable", url=workflow.url + "/keep/text", mode="{select: [a]}"
    )
    return "---".join([*outputs, *reports, selected])


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    workflow.raws.update(RAWS, text=OK + b"Content-Length: 4\r\n\r\ntext")
    directory = tmp_path_factory.mktemp("faults")
    with (
        untrusted_endpoint(directory) as url,
        gateway(directory, {"hooks.yaml": hooks(workflow, url)}) as running,
    ):
        yield running


def report_of(faulty: Gateway, name: str, status: int, reason: str) -> dict[str, Any]:
    """The report of a failed activation, the same in every mode; the next one is fine."""
    reports = []
    for hook in (name, f"status-{name}"):
        answer = faulty.request("POST", f"/hooks/{hook}", json={"a": 1})
        report: dict[str, Any] = answer.json()
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json"
        assert (report["status"], report["hook"]) == ("failed", hook)
        assert report["reason"] == reason
        assert report["run"]
        assert "of the workflow" not in answer.text
        assert faulty.request("POST", "/hooks/fine", json={}).status_code == 200
        reports.append(report)
    assert reports[0].keys() == reports[1].keys()
    assert reports[0]["workflow"].keys() == reports[1]["workflow"].keys()
    return reports[0]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_workflow_is_reported(
    faulty: Gateway, seen: list[Received], name: str
) -> None:
    path, status, reason = FAULTS[name]
    report_of(faulty, name, status, reason)
    assert [request.target for request in seen].count(path) == 2


def test_the_report_says_what_the_workflow_answered_if_it_did(faulty: Gateway) -> None:
    _, status, reason = FAULTS["error"]
    report = report_of(faulty, "error", status, reason)
    assert report["workflow"]["status_code"] == 500
    assert report["workflow"]["duration_ms"] > 0
    hang = report_of(faulty, "hang", *FAULTS["hang"][1:])
    assert hang["workflow"].keys() == {"duration_ms"}


def test_the_log_says_why_an_activation_failed(faulty: Gateway) -> None:
    faulty.request("POST", "/hooks/error", headers={"X-Request-Id": "why"})
    line = faulty.wait_for_line(request_id="why")
    assert (line["outcome"], line["status"]) == ("failed", 502)
    assert line["reason"] == "the workflow answered 500"


def test_a_workflow_that_is_not_there_is_reported(faulty: Gateway) -> None:
    report_of(faulty, "refused", 502, "the workflow could not be reached")


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        (
            "refused",
            r"the workflow could not be reached: 127\.0\.0\.1 port \d+: Connection refused",
        ),
        (
            "untrusted",
            "the gateway could not make a trusted TLS connection to the workflow: "
            "certificate verify failed: .+[a-z]",
        ),
    ],
)
def test_the_log_says_why_a_connection_could_not_be_made(
    faulty: Gateway, hook: str, reason: str
) -> None:
    faulty.request("POST", f"/hooks/{hook}", headers={"X-Request-Id": f"why-{hook}"})
    line = faulty.wait_for_line(request_id=f"why-{hook}")
    assert re.fullmatch(reason, line["reason"])


def test_a_host_that_is_not_known_is_reported(faulty: Gateway) -> None:
    """Whether its absence is told in time is up to the resolver of the machine."""
    answer = faulty.request("POST", "/hooks/unknown")
    assert (answer.status_code, answer.json()["reason"]) in [
        (502, "the workflow's host name was not found"),
        (504, "the workflow did not answer within 0.5 s"),
    ]


def test_a_workflow_that_proves_not_who_it_is_is_reported(faulty: Gateway) -> None:
    reason = "the gateway could not make a trusted TLS connection to the workflow"
    report_of(faulty, "untrusted", 502, reason)


def test_outputs_that_nothing_can_be_selected_from_are_reported(faulty: Gateway) -> None:
    answer = faulty.request("POST", "/hooks/unselectable")
    assert answer.status_code == 502
    assert "not JSON" in answer.json()["reason"]
    assert answer.json()["workflow"]["status_code"] == 200


def test_memory_stays_flat_while_workflows_send_without_end(
    faulty: Gateway, workflow: Workflow
) -> None:
    for _ in range(5):
        faulty.request("POST", "/hooks/huge")
    before = resident(faulty)
    for _ in range(30):
        assert faulty.request("POST", "/hooks/huge").status_code == 502
    assert resident(faulty) - before < 20_000
