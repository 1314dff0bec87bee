"""Handshakes over HTTP: providers get their answer, and the workflow never hears of it."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.compile.signatures.requests import compiled, signed
from tests.support.gateway import Gateway, gateway
from tests.support.workflow import Received, Workflow

SECRETS = {
    "slack": "slack-signing-secret-canary",
    "zoom": "zoom-secret-token-canary",
    "verify": "verify-token-canary",
    "token": "bearer-token-canary",
}
HOOKS = """
name: slack
method: POST
authentication: {type: signature, scheme: slack, secrets: [{secret: slack}]}
handshake: slack
match: {body: {type: event_callback}}
workflow: URL/run/slack
---
name: zoom
method: PUT
authentication: {type: signature, scheme: zoom, secrets: [{secret: zoom}]}
handshake: zoom
workflow: URL/run/zoom
---
name: meta
method: POST
limits: {failures: 10/1h}
authentication: {type: bearer, tokens: [{secret: token}]}
handshake: {type: meta, verify_token: {secret: verify}}
workflow: URL/run/meta
---
name: guessed
method: POST
limits: {failures: 10/1h}
authentication: {type: bearer, tokens: [{secret: token}]}
handshake: {type: meta, verify_token: {secret: verify}}
workflow: URL/run/guessed
---
name: dropbox
method: POST
authentication: {type: bearer, tokens: [{secret: token}]}
handshake: dropbox
workflow: URL/run/dropbox
---
name: graph
method: POST
authentication: {type: bearer, tokens: [{secret: token}]}
handshake: microsoft-graph
workflow: URL/run/graph
---
name: events
method: [POST, PUT]
authentication: {type: bearer, tokens: [{secret: token}]}
handshake: {type: cloudevents, origins: [eventemitter.example.com], rate: 120}
workflow: URL/run/events
---
name: undeclared
method: POST
authentication: none
workflow: URL/run/undeclared
---
name: elsewhere
method: POST
authentication: none
allow_from: [192.0.2.0/24]
handshake: dropbox
workflow: URL/run/elsewhere
---
name: slowly
method: POST
authentication: none
limits: {rate_per_client: 2/1h}
handshake: dropbox
workflow: URL/run/slowly
---
name: no-token
method: POST
authentication: none
handshake: {type: meta, verify_token: {secret: missing}}
workflow: URL/run/no-token
"""
BEARER = {"Authorization": "Bearer bearer-token-canary"}
TEXT = "text/plain; charset=utf-8"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("handshakes")
    hooks = {"hooks.yaml": HOOKS.replace("URL", workflow.url)}
    with gateway(directory, hooks, secrets=SECRETS) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def send(
    server: Gateway, name: str, event: Any, method: str = "POST", secret: str = ""
) -> httpx.Response:
    """An event as Slack or Zoom signs it."""
    body = json.dumps(event).encode()
    sent = signed(compiled(name), secret or SECRETS[name], body, time.time())
    return server.request(method, f"/hooks/{name}", content=body, headers=dict(sent.headers))


def assert_text(answer: httpx.Response, text: str) -> None:
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["content-type"] == TEXT
    assert answer.headers["x-content-type-options"] == "nosniff"


CHALLENGE = {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595"}


def test_slack_gets_its_challenge_back(server: Gateway, seen: list[Received]) -> None:
    assert_text(send(server, "slack", CHALLENGE), CHALLENGE["challenge"])
    assert not seen
    event = {"type": "event_callback", "challenge": "no challenge"}
    assert send(server, "slack", event).status_code == 200
    assert len(seen) == 1


def test_nobody_but_slack_gets_a_challenge_back(server: Gateway, seen: list[Received]) -> None:
    assert send(server, "slack", CHALLENGE, secret="not-slack-at-all").status_code == 401
    assert server.request("POST", "/hooks/slack", json=CHALLENGE).status_code == 401
    assert send(server, "slack", {**CHALLENGE, "challenge": "\n"}).status_code == 400
    assert not seen


def test_zoom_gets_its_token_and_its_hmac_by_a_method_that_is_the_handshakes_alone(
    server: Gateway, seen: list[Received]
) -> None:
    event = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatF"}}
    answer = send(server, "zoom", event)
    digest = hmac.new(SECRETS["zoom"].encode(), b"qgg8vlvZRS6UYooatF", "sha256").hexdigest()
    assert answer.json() == {"plainToken": "qgg8vlvZRS6UYooatF", "encryptedToken": digest}
    other = send(server, "zoom", {"event": "meeting.started"})
    assert (other.status_code, other.headers["allow"]) == (405, "PUT")
    assert not seen
    assert send(server, "zoom", {"event": "meeting.started"}, "PUT").status_code == 200
    assert len(seen) == 1


def test_meta_gets_its_challenge_for_the_verify_token(
    server: Gateway, seen: list[Received]
) -> None:
    query = "?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    assert_text(server.request("GET", f"/hooks/meta{query}verify-token-canary"), "1158201444")
    assert server.request("POST", f"/hooks/meta{query}verify-token-canary").status_code == 401
    assert not seen


def test_verify_tokens_cannot_be_tried_without_end(server: Gateway) -> None:
    query = "?hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    url, right = f"/hooks/guessed{query}", SECRETS["verify"]
    statuses = [server.request("GET", f"{url}wrong").status_code for _ in range(12)]
    assert statuses[:10] == [403] * 10
    assert statuses[-1] == 429
    assert server.request("GET", f"{url}{right}").status_code == 429, "as a wrong one"
    incomplete = f"/hooks/guessed?hub.mode=x&hub.verify_token={right}"
    assert server.request("GET", incomplete).status_code == 429
    assert server.request("GET", "/hooks/guessed").status_code == 405, "no handshake, no guess"


@pytest.mark.parametrize(
    ("name", "method", "parameter"),
    [("dropbox", "GET", "challenge"), ("graph", "POST", "validationToken")],
)
def test_an_unsigned_challenge_comes_back_before_anybody_asks_for_credentials(
    server: Gateway, seen: list[Received], name: str, method: str, parameter: str
) -> None:
    answer = server.request(method, f"/hooks/{name}?{parameter}=%3Cb%3E%20a:b%2Bc")
    assert_text(answer, "<b> a:b+c")
    for query in (f"{parameter}=", f"{parameter}=a%0ab", f"{parameter}=1&{parameter}=2"):
        assert server.request(method, f"/hooks/{name}?{query}").status_code == 400
    assert server.request(method, f"/hooks/{name}?{parameter}={'a' * 1025}").status_code == 400
    assert server.request("POST", f"/hooks/{name}").status_code == 401
    assert not seen
    assert server.request("POST", f"/hooks/{name}", headers=BEARER).status_code == 200
    assert len(seen) == 1


def test_a_sender_of_cloudevents_is_told_whether_and_how_often(
    server: Gateway, seen: list[Received]
) -> None:
    asked = {"WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "500"}
    answer = server.request("OPTIONS", "/hooks/events", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["webhook-allowed-origin"] == "eventemitter.example.com"
    assert answer.headers["webhook-allowed-rate"] == "120"
    assert answer.headers["allow"] == "POST, OPTIONS"
    other = {**asked, "WebHook-Request-Origin": "other.example.com"}
    statuses = [
        server.request("OPTIONS", "/hooks/events", headers=other).status_code for _ in range(12)
    ]
    assert statuses == [403] * 12, "an origin is a name and no secret: nothing is guessed"
    assert not seen


@pytest.mark.parametrize(
    ("name", "method", "allow"),
    [("dropbox", "GET", "POST"), ("meta", "GET", "POST"), ("events", "OPTIONS", "POST, PUT")],
)
def test_a_method_that_is_the_handshakes_alone_starts_nothing_else(
    server: Gateway, seen: list[Received], name: str, method: str, allow: str
) -> None:
    answer = server.request(method, f"/hooks/{name}?a=b", headers=BEARER)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    assert server.request("DELETE", f"/hooks/{name}", headers=BEARER).status_code == 405
    assert not seen


def test_a_hook_that_declares_no_handshake_answers_none(
    server: Gateway, seen: list[Received]
) -> None:
    url = "/hooks/undeclared?challenge=abc&validationToken=abc"
    assert server.request("GET", url).status_code == 405
    assert server.request("OPTIONS", url).status_code == 405
    answer = server.request("POST", url, json=CHALLENGE)
    assert answer.json() == {"workflow": "/run/undeclared", "received": CHALLENGE}


def test_addresses_and_limits_come_before_a_handshake(server: Gateway) -> None:
    assert server.request("GET", "/hooks/elsewhere?challenge=a").status_code == 403
    statuses = [server.request("GET", "/hooks/slowly?challenge=a").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_missing_verify_token_takes_the_hook_out_of_service(server: Gateway) -> None:
    query = "?hub.mode=subscribe&hub.challenge=1&hub.verify_token="
    assert server.request("GET", f"/hooks/no-token{query}").status_code == 503
    assert server.request("POST", "/hooks/no-token").status_code == 503


def test_the_log_calls_a_handshake_by_its_name_and_shows_none_of_it(server: Gateway) -> None:
    headers = {"X-Request-Id": "handshake-1"}
    server.request("GET", "/hooks/dropbox?challenge=challenge-canary", headers=headers)
    line = server.wait_for_line(request_id="handshake-1")
    assert (line["hook"], line["status"], line["outcome"]) == ("dropbox", 200, "handshake")
    assert "canary" not in server.output()
    assert "Traceback" not in server.output()
