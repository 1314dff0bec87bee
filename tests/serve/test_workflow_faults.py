"""A workflow may do anything: the caller gets a report, memory stays flat, the next is fine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, free_port, gateway
from tests.support.workflow import Workflow

RAWS = {
    "bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "cut": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    "not-http": b"SSH-2.0-OpenSSH\r\n\r\n",
    "long": b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n",
    "headers": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 40_000 + b"\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
}
ENDPOINTS = {
    "reset": ("/reset", 502, "broke"),
    "hang": ("/hang", 504, "within 0.5 s"),
    "error": ("/status/500", 502, "answered 500"),
    "gone": ("/status/404", 502, "answered 404"),
    "huge": ("/huge", 502, "more than 1048576 bytes"),
    "redirect": ("/raw/redirect", 502, "answered 302"),
    "bad-chunk": ("/raw/bad-chunk", 502, "broke"),
    "cut": ("/raw/cut", 502, "broke"),
    "not-http": ("/raw/not-http", 502, "broke"),
    "long": ("/raw/long", 502, "more than 1048576 bytes"),
    "headers": ("/raw/headers", 502, "broke"),
}


def hook(name: str, url: str) -> str:
    return (
        f"name: {name}\nmethod: POST\nauthentication: none\n"
        f"workflow: {{url: '{url}', timeout: 500ms}}\n"
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    workflow.raws.update(RAWS)
    directory: Path = tmp_path_factory.mktemp("faults")
    hooks = {f"{name}.yaml": hook(name, workflow.url + at) for name, (at, *_) in ENDPOINTS.items()}
    hooks["refused.yaml"] = hook("refused", f"http://127.0.0.1:{free_port()}/")
    hooks["unknown.yaml"] = hook("unknown", "http://no-such-host.invalid/")
    hooks["fine.yaml"] = hook("fine", workflow.url + "/run/fine")
    with gateway(directory, hooks) as running:
        yield running


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_fault_of_the_workflow_is_reported(server: Gateway, name: str) -> None:
    _, status, reason = ENDPOINTS[name]
    answer = server.request("POST", f"/hooks/{name}", json={"a": 1})
    report = answer.json()
    assert answer.status_code == status
    assert report["status"] == "failed"
    assert report["hook"] == name
    assert reason in report["reason"]
    assert "of the workflow" not in answer.text
    assert server.request("POST", "/hooks/fine", json={}).status_code == 200


@pytest.mark.parametrize("name", ["refused", "unknown"])
def test_a_workflow_that_is_not_there_is_reported(server: Gateway, name: str) -> None:
    answer = server.request("POST", f"/hooks/{name}", json={"a": 1})
    assert answer.status_code in (502, 504)
    assert answer.json()["status"] == "failed"


def memory(server: Gateway) -> int:
    """Resident KiB of the worker."""
    (worker,) = server.workers()
    for line in Path(f"/proc/{worker}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def test_memory_stays_flat_while_workflows_send_without_end(server: Gateway) -> None:
    for _ in range(5):
        server.request("POST", "/hooks/huge")
    before = memory(server)
    for _ in range(30):
        assert server.request("POST", "/hooks/huge").status_code == 502
    assert memory(server) - before < 20_000
