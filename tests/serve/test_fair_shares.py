"""No hook, no client and no stranger takes all that a process has; who leaves takes nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

import pytest

from tests.support.gateway import PATIENCE, Gateway, gateway
from tests.support.polling import until
from tests.support.raw import Caller
from tests.support.workflow import Received, Workflow

LIMITS = {
    "in_flight": 40,
    "in_flight_per_hook": 3,
    "in_flight_per_client": 30,
    "unproven": 8,
    "unproven_per_client": 3,
    "body_timeout": 55,
    "body_grace": 55,
}
HOOKS = """
name: open
method: POST
authentication: none
workflow: URL/run/open
---
name: listing
method: GET
authentication: none
workflow: URL/run/listing
---
name: signed
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: token}]}
workflow: URL/run/signed
---
name: token
method: POST
authentication: {type: bearer, tokens: [{secret: token}]}
workflow: URL/run/token
"""
TOKEN = "the-token-of-this-test"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LONG_BODY = b"Content-Type: application/json\r\nContent-Length: 64\r\n\r\n{"
SLOW = """---
name: NAME
method: [POST, GET]
authentication: none
workflow: {url: URL/hang, timeout: 60s}
"""
CALLS = {
    "without-body": b"GET /hooks/%s HTTP/1.1\r\nHost: x\r\n\r\n",
    "unread-body": b"GET /hooks/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{}",
    "with-body": b"POST /hooks/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    "with-chunks": b"POST /hooks/%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\n{}\r\n0\r\n\r\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    slow = "".join(SLOW.replace("NAME", name) for name in (*CALLS, "slow"))
    hooks = {"hooks.yaml": (HOOKS + slow).replace("URL", workflow.url)}
    directory = tmp_path_factory.mktemp("shares")
    with gateway(directory, hooks, limits=LIMITS, secrets={"token": TOKEN}) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


@pytest.fixture
def callers() -> Iterator[list[Caller]]:
    """Connections that are closed at the end."""
    connections: list[Caller] = []
    yield connections
    for connection in connections:
        connection.close()


def status(server: Gateway, name: str, method: str = "POST", **arguments: object) -> int:
    return server.request(method, f"/hooks/{name}", **arguments).status_code


def call(server: Gateway, callers: list[Caller], request: bytes) -> None:
    callers.append(Caller(server.port).send(request))


def dripping(name: str, headers: bytes = b"") -> bytes:
    """The beginning of a request whose body does not end."""
    return b"POST /hooks/%s HTTP/1.1\r\nHost: x\r\n%s%s" % (name.encode(), headers, LONG_BODY)


@pytest.mark.parametrize("name", CALLS)
def test_a_caller_that_leaves_frees_its_slot(
    server: Gateway, callers: list[Caller], seen: list[Received], name: str
) -> None:
    for _ in range(3):
        call(server, callers, CALLS[name] % name.encode())
    until(lambda: len(seen) >= 3)
    assert status(server, name, "GET") == 503
    while callers:
        callers.pop().close()
    for _ in range(3):
        callers.append(Caller(server.port))
        until(lambda: _is_let_in(callers[-1], name, seen), PATIENCE)
    assert server.wait_for_line(outcome="caller-left", hook=name)["status"] == 499


def _is_let_in(caller: Caller, name: str, seen: list[Received]) -> bool:
    """Whether a call reaches the workflow, or else is refused."""
    before = len(seen)
    caller.send(CALLS["without-body"] % name.encode())
    until(lambda: len(seen) > before or caller.said_something(), PATIENCE)
    return len(seen) > before or caller.answer().status != 503


def test_a_hook_whose_workflow_hangs_is_the_only_one_that_is_busy(
    server: Gateway, callers: list[Caller], seen: list[Received]
) -> None:
    for _ in range(9):
        call(server, callers, CALLS["without-body"] % b"slow")
    until(lambda: len(seen) >= 3)
    until(lambda: status(server, "slow", "GET") == 503)
    assert status(server, "open") == 200
    assert status(server, "token", headers=BEARER) == 200


@pytest.mark.parametrize("name", ["signed", "open"])
def test_bodies_of_strangers_that_drip_are_nobodys_problem_but_theirs(
    server: Gateway, callers: list[Caller], seen: list[Received], name: str
) -> None:
    signature = hmac.new(TOKEN.encode(), b"{}", hashlib.sha256).hexdigest()
    header = b"X-Hub-Signature-256: sha256=%s\r\n" % signature.encode()
    signed = {"X-Hub-Signature-256": f"sha256={signature}"}

    def one_more_is_too_much() -> bool:
        call(server, callers, dripping(name, header))
        return status(server, "signed", headers=signed, content=b"{}") == 429

    until(one_more_is_too_much)
    assert status(server, "token", headers=BEARER, content=b"{}") == 200
    assert status(server, "listing", "GET") == 200
