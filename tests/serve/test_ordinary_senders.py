"""What probes and ordinary clients send: HEAD, HTTP/1.0, no Host, and answers that nobody reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, gateway
from tests.support.raw import Caller, exchange, request
from tests.support.workflow import Workflow

HOOKS = """
name: guarded
authentication: {type: bearer, tokens: [{secret: token}]}
match: {query: {city: Paris}}
workflow: URL/run/guarded
---
name: posted
method: POST
authentication: none
workflow: URL/run/posted
"""
BEARER = b"Authorization: Bearer a-token"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("ordinary")
    hooks = {"hooks.yaml": HOOKS.replace("URL", workflow.url)}
    with gateway(directory, hooks, secrets={"token": "a-token"}) as running:
        yield running


@pytest.mark.parametrize("path", [b"/-/livez", b"/-/readyz"])
@pytest.mark.parametrize("line", [b"GET %s HTTP/1.0", b"HEAD %s HTTP/1.0", b"GET %s HTTP/1.1"])
def test_a_probe_need_not_name_a_host(server: Gateway, path: bytes, line: bytes) -> None:
    with Caller(server.port) as caller:
        answer = caller.send(line % path + b"\r\n\r\n").answer(to_head=line.startswith(b"HEAD"))
        assert answer.status == 200


def test_a_hook_needs_a_host(server: Gateway) -> None:
    assert exchange(server.port, b"GET /hooks/guarded HTTP/1.0\r\n\r\n").status == 400


@pytest.mark.parametrize(
    ("target", "headers", "status", "outcome"),
    [
        (b"/hooks/guarded?city=Paris", (BEARER,), 200, "probed"),
        (b"/hooks/guarded?city=Paris", (), 401, "unauthenticated"),
        (b"/hooks/guarded?city=Rome", (BEARER,), 422, "no-match"),
        (b"/hooks/posted", (), 405, "method-not-allowed"),
        (b"/hooks/nothing", (), 404, "not-found"),
    ],
)
def test_head_checks_what_get_would_check_and_runs_nothing(
    server: Gateway,
    workflow: Workflow,
    target: bytes,
    headers: tuple[bytes, ...],
    status: int,
    outcome: str,
) -> None:
    workflow.received.clear()
    with Caller(server.port) as caller:
        caller.send(request(target, *headers, method=b"HEAD"))
        answer = caller.answer(to_head=True)
        assert answer.status == status
        caller.send(request(b"/-/livez", method=b"GET"))
        assert caller.answer().body == b'{"status":"alive"}', "nothing came behind the head"
    line = server.wait_for_line(request_id=answer.headers["x-request-id"])
    assert (line["method"], line["outcome"]) == ("HEAD", outcome)
    assert not workflow.received


def test_a_post_of_http_1_0_without_a_length_runs_nothing(
    server: Gateway, workflow: Workflow
) -> None:
    workflow.received.clear()
    head = b"POST /hooks/posted HTTP/1.0\r\nHost: x\r\n\r\n"
    assert exchange(server.port, head + b'{"a": 1}').status == 411
    assert not workflow.received


def test_a_head_over_16_kib_is_refused(server: Gateway, workflow: Workflow) -> None:
    workflow.received.clear()
    fields = [b"X-%d: %s" % (number, b"a" * 7_000) for number in range(10)]
    assert exchange(server.port, request(b"/hooks/posted", *fields)).status == 431
    assert not workflow.received
