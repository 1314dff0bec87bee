"""Handshakes that are signed as events are, and secrets that come with a handshake."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support import tokens
from tests.support.gateway import Gateway, gateway
from tests.support.polling import until
from tests.support.workflow import Received, Workflow

TWITCH, ASANA = "twitch-secret-canary", "asana-secret-canary"
TRELLO = "trello-secret-canary"
HOOKS = """
name: discord
method: POST
authentication:
  type: signature
  scheme: discord
  secrets: [{secret: discord}]
handshake: discord
workflow: URL/run/discord
---
name: twitch
method: POST
authentication:
  type: signature
  scheme: twitch
  secrets: [{secret: twitch}]
handshake: twitch
workflow: URL/run/twitch
---
name: trello
method: POST
authentication:
  type: signature
  scheme: trello
  secrets: [{secret: trello}]
  public_url: https://hooks.example.com
handshake: {type: probe, methods: [HEAD]}
workflow: URL/run/trello
"""
ASANA_HOOK = """
name: asana
method: POST
authentication:
  type: signature
  scheme: asana
  secrets: [{secret: asana}]
handshake: asana
workflow: URL/run/asana
"""
KEY = tokens.private_key("Ed25519")
PUBLIC_KEY = KEY.public_key().public_bytes_raw().hex()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory = tmp_path_factory.mktemp("signed-handshakes")
    secrets = {"discord": PUBLIC_KEY, "twitch": TWITCH, "trello": TRELLO}
    with gateway(directory, {"h.yaml": HOOKS.replace("URL", workflow.url)}, secrets=secrets) as run:
        yield run


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def discord(server: Gateway, event: Any, key: Ed25519PrivateKey | None = None) -> httpx.Response:
    body, now = json.dumps(event).encode(), str(int(time.time()))
    signature = (key or KEY).sign(now.encode() + body).hex()
    headers = {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": now}
    return server.request("POST", "/hooks/discord", content=body, headers=headers)


# Source: https://docs.discord.com/developers/events/webhook-events (PING, Event)
PING_OF_EVENTS = {"version": 1, "application_id": "1234560123453231555", "type": 0}
EVENT = {
    **PING_OF_EVENTS,
    "type": 1,
    "event": {"type": "APPLICATION_AUTHORIZED", "timestamp": "2024-10-18T14:42:53.064834"},
}
PING = {"id": "1", "application_id": "2", "type": 1, "token": "a", "version": 1}


def test_discord_gets_its_pong_and_what_is_wrongly_signed_is_refused(
    server: Gateway, seen: list[Received]
) -> None:
    answer = discord(server, PING)
    assert (answer.status_code, answer.json()) == (200, {"type": 1})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    answer = discord(server, PING_OF_EVENTS)
    assert (answer.status_code, answer.content) == (204, b"")
    for event in (PING, PING_OF_EVENTS):
        assert discord(server, event, Ed25519PrivateKey.generate()).status_code == 401
    assert not seen


@pytest.mark.parametrize("event", [EVENT, {**PING, "type": 2}, {**PING, "type": True}, [PING]])
def test_what_is_no_ping_of_discords_reaches_the_workflow(
    server: Gateway, seen: list[Received], event: Any
) -> None:
    assert discord(server, event).status_code == 200
    assert [received.json() for received in seen] == [event]


# Source: https://dev.twitch.tv/docs/eventsub/handling-webhook-events/
VERIFICATION = {
    "challenge": "pogchamp-kappa-360noscope-vohiyo",
    "subscription": {
        "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
        "status": "webhook_callback_verification_pending",
        "type": "channel.follow",
        "condition": {"broadcaster_user_id": "12826"},
    },
}
KIND = "webhook_callback_verification"


def twitch(server: Gateway, event: Any, secret: str = TWITCH, kind: str = KIND) -> httpx.Response:
    body, now = json.dumps(event).encode(), datetime.now(UTC).isoformat().replace("+00:00", "Z")
    signed = b"message-1" + now.encode() + body
    headers = {
        "Twitch-Eventsub-Message-Id": "message-1",
        "Twitch-Eventsub-Message-Timestamp": now,
        "Twitch-Eventsub-Message-Signature": "sha256="
        + hmac.digest(secret.encode(), signed, "sha256").hex(),
        "Twitch-Eventsub-Message-Type": kind,
        "X-Request-Id": "twitch-1",
    }
    return server.request("POST", "/hooks/twitch", content=body, headers=headers)


def test_twitch_gets_its_challenge_whatever_the_header_says_that_nobody_signs(
    server: Gateway, seen: list[Received]
) -> None:
    for kind in (KIND, "notification"):
        answer = twitch(server, VERIFICATION, kind=kind)
        assert (answer.status_code, answer.text) == (200, VERIFICATION["challenge"])
        assert answer.headers["content-type"].startswith("text/plain")
    assert twitch(server, VERIFICATION, "not-twitch-at-all").status_code == 401
    assert twitch(server, {**VERIFICATION, "challenge": "a\nb"}).status_code == 400
    assert not seen
    line = server.wait_for_line(request_id="twitch-1")
    assert (line["hook"], line["outcome"], line["credential"]) == ("twitch", "handshake", "twitch")
    event = {"subscription": VERIFICATION["subscription"], "event": {"user_id": "1234"}}
    assert twitch(server, event).status_code == 200
    assert len(seen) == 1


def trello(server: Gateway, signing: str) -> int:
    """The status of an event that this secret signs."""
    body = b'{"action":{"type":"updateCard"}}'
    signed = body + b"https://hooks.example.com/hooks/trello"
    signature = b64encode(hmac.digest(signing.encode(), signed, "sha1")).decode()
    headers = {"X-Trello-Webhook": signature, "Content-Type": "application/json"}
    return server.request("POST", "/hooks/trello", content=body, headers=headers).status_code


# Source: https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks
def test_trellos_unsigned_head_gets_200_and_its_events_need_their_signature(
    server: Gateway, seen: list[Received]
) -> None:
    answer = server.request("HEAD", "/hooks/trello")
    assert (answer.status_code, answer.content) == (200, b"")
    assert server.request("GET", "/hooks/trello").status_code == 405
    assert trello(server, "a-secret-of-somebody-else") == 401
    assert not seen
    assert trello(server, TRELLO) == 200
    assert len(seen) == 1


def asana(server: Gateway, signing: str) -> int:
    """The status of an event that this secret signs."""
    signature = hmac.digest(signing.encode(), b'{"events":[]}', "sha256").hex()
    headers = {"X-Hook-Signature": signature}
    body = b'{"events":[]}'
    return server.request("POST", "/hooks/asana", content=body, headers=headers).status_code


def test_asanas_secret_is_returned_and_never_kept(tmp_path: Path, workflow: Workflow) -> None:
    workflow.received.clear()
    with gateway(tmp_path, {"h.yaml": ASANA_HOOK.replace("URL", workflow.url)}) as server:
        for offered in (ASANA, "a-secret-of-somebody-else"):
            answer = server.request("POST", "/hooks/asana", headers={"X-Hook-Secret": offered})
            assert (answer.status_code, answer.content) == (200, b"")
            assert answer.headers["x-hook-secret"] == offered
            assert asana(server, offered) == 503, "the hook has no secret yet"
        (tmp_path / "secrets" / "asana").write_text(ASANA)
        until(lambda: asana(server, ASANA) == 200)
        assert asana(server, "a-secret-of-somebody-else") == 401
        assert len(workflow.received) == 1
        assert ASANA not in server.output()
