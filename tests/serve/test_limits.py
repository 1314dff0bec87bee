"""What callers may cost, over HTTP: each limit has its status, and says when to come back."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.support.gateway import PATIENCE, Gateway, gateway
from tests.support.workflow import Received, Workflow

MIB = 1024 * 1024
HOOKS = """
name: small
method: POST
authentication: none
limits: {body: 1KiB}
workflow: URL/status/200
---
name: large
method: POST
authentication: none
limits: {body: 25MiB}
workflow: {url: URL/status/200, timeout: 30s}
---
name: usual
method: POST
authentication: none
workflow: URL/status/200
---
name: all
method: POST
authentication: none
limits: {rate: 3/1h}
workflow: URL/run/all
---
name: each
method: POST
authentication: none
limits: {rate_per_client: 2/1h}
workflow: URL/run/each
---
name: gate
method: POST
authentication: none
limits: {concurrency: 2}
workflow: {url: URL/gate, timeout: 30s}
---
name: hanging
method: POST
authentication: none
limits: {concurrency: 1}
match: {body: {a: 1}}
workflow: {url: URL/hang, timeout: 500ms}
---
name: resetting
method: POST
authentication: {type: bearer, tokens: [{secret: token}]}
limits: {concurrency: 1, failures: 1000/1s}
match: {body: {a: 1}}
workflow: URL/reset
---
name: networks
authentication: none
allow_from: [198.51.100.0/24, "2001:db8::/32"]
workflow: URL/run/networks
---
name: password
method: POST
limits: {failures: 10/1h}
authentication: {type: basic, users: [{username: paris, password: {secret: token}}]}
workflow: URL/run/password
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("limits")
    hooks = {"hooks.yaml": HOOKS.replace("URL", workflow.url)}
    proxies = ("--trusted-proxies", "127.0.0.1", "--trusted-proxies", "10.0.0.0/8,fd00::/8")
    with gateway(directory, hooks, *proxies, secrets={"token": "a-token"}) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def forwarded(*addresses: str) -> dict[str, str]:
    return {"X-Forwarded-For": ", ".join(addresses)}


def in_pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // 1024):
        yield bytes(1024)
    yield bytes(size % 1024)


@pytest.mark.parametrize(("name", "limit"), [("small", 1024), ("usual", MIB), ("large", 25 * MIB)])
def test_a_body_is_taken_up_to_its_limit_and_not_a_byte_more(
    server: Gateway, seen: list[Received], name: str, limit: int
) -> None:
    path = f"/hooks/{name}"
    assert server.request("POST", path, content=bytes(limit)).status_code == 200
    assert len(seen[0].body) == limit
    assert server.request("POST", path, content=bytes(limit + 1)).status_code == 413
    assert len(seen) == 1


def test_a_body_of_unknown_length_is_counted_while_it_comes(
    server: Gateway, seen: list[Received]
) -> None:
    assert server.request("POST", "/hooks/small", content=in_pieces(1024)).status_code == 200
    assert server.request("POST", "/hooks/small", content=in_pieces(1025)).status_code == 413
    assert len(seen) == 1


def assert_too_many(answer: httpx.Response, most: int) -> None:
    assert answer.status_code == 429
    assert answer.json()["type"] == "urn:webhook-gateway:too-many-requests"
    assert 0 < int(answer.headers["retry-after"]) <= most


def test_all_callers_together_have_one_rate(server: Gateway, seen: list[Received]) -> None:
    clients = [forwarded(f"198.51.100.{number}") for number in range(4)]
    answers = [server.request("POST", "/hooks/all", headers=client) for client in clients]
    assert [answer.status_code for answer in answers[:3]] == [200] * 3
    assert_too_many(answers[3], 1200)
    assert len(seen) == 3


def test_each_client_has_a_rate_of_its_own_and_none_can_take_another_name(
    server: Gateway,
) -> None:
    def statuses(*headers: dict[str, str]) -> list[int]:
        return [server.request("POST", "/hooks/each", headers=one).status_code for one in headers]

    assert statuses(*[forwarded("198.51.100.1")] * 3) == [200, 200, 429]
    assert statuses(forwarded("198.51.100.2")) == [200]
    spoofed = [forwarded(f"203.0.113.{number}", "198.51.100.1") for number in range(3)]
    assert statuses(*spoofed) == [429] * 3
    assert statuses(forwarded("198.51.100.1", "10.0.0.1")) == [429]
    assert statuses(*[forwarded(f"2001:db8::{number}") for number in range(1, 4)]) == [
        200,
        200,
        429,
    ]
    unknown = [{**forwarded(f"192.0.2.{n}"), "Forwarded": "for=192.0.2.99"} for n in range(3)]
    assert statuses(*unknown) == [200, 200, 429], "who cannot be told counts as one"
    assert_too_many(server.request("POST", "/hooks/each", headers=forwarded("198.51.100.1")), 3600)


def test_no_more_are_in_flight_than_the_hook_says(
    server: Gateway, workflow: Workflow, seen: list[Received]
) -> None:
    workflow.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(server.request, "POST", "/hooks/gate") for _ in range(2)]
        try:
            deadline = time.monotonic() + PATIENCE
            while len(seen) < 2 and time.monotonic() < deadline:
                time.sleep(0.02)
            refused = server.request("POST", "/hooks/gate")
        finally:
            workflow.gate.set()
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert [one.result().status_code for one in waiting] == [200, 200]
    assert server.request("POST", "/hooks/gate").status_code == 200


def until(ask: Callable[[], httpx.Response], status: int) -> httpx.Response:
    """Ask again and again, for as long as a loaded machine may need."""
    deadline = time.monotonic() + PATIENCE
    while (answer := ask()).status_code != status and time.monotonic() < deadline:
        time.sleep(0.02)
    assert answer.status_code == status
    return answer


def test_a_request_that_fails_makes_room_for_the_next(server: Gateway) -> None:
    bearer = {"Authorization": "Bearer a-token"}
    for _ in range(3):
        assert server.request("POST", "/hooks/resetting", json={"a": 1}).status_code == 401
        for body, status in (({"a": 2}, 422), ({"a": 1}, 502)):
            answer = server.request("POST", "/hooks/resetting", json=body, headers=bearer)
            assert answer.status_code == status


@pytest.mark.parametrize("body", [b'{"a":1}', b'{"a"'], ids=["waiting", "sending"])
def test_a_client_that_leaves_makes_room_for_the_next(server: Gateway, body: bytes) -> None:
    head = b"POST /hooks/hanging HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head + b"Content-Length: 7\r\n\r\n" + body)
    until(lambda: server.request("POST", "/hooks/hanging", json={"a": 1}), 504)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (forwarded("198.51.100.7"), 200),
        (forwarded("[2001:db8::7]:4711"), 200),
        (forwarded("203.0.113.1", "198.51.100.7"), 200),
        ({"Forwarded": 'for="[2001:db8::7]";proto=https'}, 200),
        (forwarded("198.51.100.7", "203.0.113.1"), 403),
        (forwarded("198.51.100.7", *["203.0.113.1"] * 50), 403),
        (forwarded("2001:db8::7%eth0"), 403),
        ({**forwarded("198.51.100.7"), "Forwarded": "for=203.0.113.1"}, 403),
        ({"X-Real-IP": "198.51.100.7"}, 403),
        ({}, 403),
    ],
)
def test_only_networks_that_are_written_may_call(
    server: Gateway, headers: dict[str, str], status: int
) -> None:
    assert server.request("GET", "/hooks/networks", headers=headers).status_code == status


def test_who_guesses_passwords_waits_and_who_knows_them_does_not(server: Gateway) -> None:
    def ask(password: str, address: str = "198.51.100.50") -> httpx.Response:
        return server.request(
            "POST", "/hooks/password", auth=("paris", password), headers=forwarded(address)
        )

    assert ask("a-token").status_code == 200
    answers = [ask(f"wrong-{number}") for number in range(12)]
    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    assert_too_many(answers[-1], 360)
    assert ask("a-token").status_code == 200
    assert ask("wrong", "198.51.100.51").status_code == 401
