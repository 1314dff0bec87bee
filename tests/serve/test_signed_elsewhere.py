"""Signatures of other forms the whole way: in the body, over method and URL, by key pairs."""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support import raw
from tests.support.gateway import Gateway, gateway
from tests.support.workflow import Received, Workflow

CANARY = "canary-77ab"
DISCORD, WISE = Ed25519PrivateKey.generate(), rsa.generate_private_key(65537, 2048)
SECRETS = {
    "mailgun": f"{CANARY}-mailgun-signing-key",
    "hubspot": f"{CANARY}-hubspot-client-secret",
    "twitch": f"{CANARY}-twitch-secret",
    "discord": DISCORD.public_key().public_bytes_raw().hex(),
    "wise": WISE.public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    .decode("ascii"),
}
HOOK = """
name: {name}
method: [POST, PUT]
limits: {{failures: {failures}}}
authentication:
  type: signature
  scheme: {scheme}
  secrets: [{{secret: {scheme}}}]
{more}
workflow: {{url: URL/run/{name}, format: raw}}
"""
HOOKS = [
    ("mailgun", "mailgun", "1000000/1s", "  trust_unsigned: [body]"),
    ("limited", "mailgun", "3/1h", "  trust_unsigned: [body]"),
    ("hubspot", "hubspot", "1000000/1s", "  public_url: https://hooks.example.com"),
    ("twitch", "twitch", "1000000/1s", ""),
    ("discord", "discord", "1000000/1s", ""),
    ("wise", "wise", "1000000/1s", ""),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("elsewhere")
    text = "---".join(
        HOOK.format(name=name, scheme=scheme, failures=failures, more=more)
        for name, scheme, failures, more in HOOKS
    )
    hooks = {"hooks.yaml": text.replace("URL", workflow.url)}
    with gateway(directory, hooks, secrets=SECRETS) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def _mac(secret: str, message: str) -> bytes:
    return hmac.digest(SECRETS[secret].encode(), message.encode(), "sha256")


def by_mailgun(at: float = 0.0, padding: int = 0, **changed: Any) -> bytes:
    """A body as Mailgun makes it, with some members changed or, where None, left out."""
    stamp, token = str(int(time.time() + at)), "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
    proof = {"timestamp": stamp, "token": token, "signature": _mac("mailgun", stamp + token).hex()}
    parts = {name: value for name, value in (proof | changed).items() if value is not None}
    return msgspec.json.encode({"signature": parts, "event-data": {"text": "x" * padding}})


def _post(server: Gateway, path: str, body: bytes, **headers: str) -> httpx.Response:
    given = {"content-type": "application/json", **headers}
    return server.request("POST", path, content=body, headers=given)


@pytest.mark.parametrize("size", [0, 300_000])
def test_a_body_that_carries_its_signature_reaches_the_workflow(
    server: Gateway, seen: list[Received], size: int
) -> None:
    body = by_mailgun(padding=size)
    assert _post(server, "/hooks/mailgun", body).status_code == 200
    assert seen[0].body == body


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"signature": None}, "signature-missing"),
        ({"signature": ["a"]}, "signature-malformed"),
        ({"signature": "0" * 64}, "signature-wrong"),
        ({"signature": "0" * 64, "padding": 300_000}, "signature-wrong"),
        ({"timestamp": None}, "timestamp-missing"),
        ({"timestamp": "now"}, "timestamp-malformed"),
        ({"at": -100_000}, "timestamp-outside"),
        ({"token": None}, "id-missing"),
        ({"token": 7}, "id-malformed"),
    ],
)
def test_a_body_without_its_signature_is_refused_and_the_log_says_why(
    server: Gateway, seen: list[Received], changed: dict[str, Any], outcome: str
) -> None:
    _assert_refused(server, by_mailgun(**changed), outcome)
    assert not seen


def test_a_body_that_has_no_place_for_a_signature_is_refused(server: Gateway) -> None:
    _assert_refused(server, b"[]", "signature-missing")
    twice = by_mailgun().replace(b'{"timestamp"', b'{"token":"a","timestamp"')
    for body in (b"", b"signature=1", twice):
        _assert_refused(server, body, "body-malformed")


def _assert_refused(server: Gateway, body: bytes, outcome: str) -> None:
    answer = _post(server, "/hooks/mailgun", body)
    assert answer.status_code == 401
    assert answer.json()["detail"] == "This hook requires a valid signature."
    line = server.wait_for_line(request_id=answer.headers["x-request-id"])
    assert line["outcome"] == outcome


def test_whoever_guesses_a_signature_in_the_body_is_slowed_down(server: Gateway) -> None:
    wrong = by_mailgun(signature="0" * 64)
    answers = [_post(server, "/hooks/limited", wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    line = server.wait_for_line(request_id=answers[-1].headers["x-request-id"])
    assert line["outcome"] == "too-many-failures"
    assert _post(server, "/hooks/limited", by_mailgun()).status_code == 200


def test_hubspot_signs_the_method_and_the_url(server: Gateway, seen: list[Received]) -> None:
    stamp, body = str(int(time.time() * 1000)), b'[{"eventId":1}]'
    message = f"PUThttps://hooks.example.com/hooks/hubspot?portal=1{body.decode()}{stamp}"
    headers = {
        "content-type": "application/json",
        "X-HubSpot-Signature-v3": base64.b64encode(_mac("hubspot", message)).decode(),
        "X-HubSpot-Request-Timestamp": stamp,
        "Host": "elsewhere.example.com",
    }
    for method, query, status in (("PUT", "1", 200), ("POST", "1", 401), ("PUT", "2", 401)):
        path = f"/hooks/hubspot?portal={query}"
        answer = server.request(method, path, content=body, headers=headers)
        assert answer.status_code == status
    assert len(seen) == 1


@pytest.mark.parametrize("moved", ['[{"eventId":1}]', "[", ""])
def test_a_recorded_body_is_not_accepted_in_the_query(
    server: Gateway, seen: list[Received], moved: str
) -> None:
    stamp, body = str(int(time.time() * 1000)), '[{"eventId":1}]'
    target = "/hooks/hubspot?portal=1"
    proof = _mac("hubspot", f"POSThttps://hooks.example.com{target}{body}{stamp}")
    rest = body.removeprefix(moved).encode()
    recorded = raw.request(
        (target + moved).encode(),
        b"X-HubSpot-Signature-v3: " + base64.b64encode(proof),
        b"X-HubSpot-Request-Timestamp: " + stamp.encode(),
        b"Content-Length: %d" % len(rest),
        body=rest,
    )
    assert raw.exchange(server.port, recorded).status == (401 if moved else 200)
    assert len(seen) == (0 if moved else 1)


def test_twitch_signs_the_id_and_the_timestamp_side_by_side(server: Gateway) -> None:
    stamp, body = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.123456789Z"), b'{"event":{}}'
    name = "Twitch-Eventsub-Message-"
    headers = {
        f"{name}Id": "befa7b53",
        f"{name}Timestamp": stamp,
        f"{name}Signature": "sha256=" + _mac("twitch", f"befa7b53{stamp}{body.decode()}").hex(),
    }
    assert _post(server, "/hooks/twitch", body, **headers).status_code == 200
    moved = {**headers, f"{name}Id": "befa7b5", f"{name}Timestamp": f"3{stamp}"}
    assert _post(server, "/hooks/twitch", body, **moved).status_code == 401


def test_a_public_key_in_hex_verifies_discord(server: Gateway) -> None:
    stamp, body = str(int(time.time())), b'{"type":0}'
    headers = {
        "X-Signature-Timestamp": stamp,
        "X-Signature-Ed25519": DISCORD.sign(stamp.encode() + body).hex(),
    }
    assert _post(server, "/hooks/discord", body, **headers).status_code == 200
    assert _post(server, "/hooks/discord", body + b" ", **headers).status_code == 401


def test_an_rsa_key_verifies_wise(server: Gateway) -> None:
    body = b'{"event_type":"transfers#state-change"}'
    signature = base64.b64encode(WISE.sign(body, padding.PKCS1v15(), SHA256())).decode()
    header = {"X-Signature-SHA256": signature}
    assert _post(server, "/hooks/wise", body, **header).status_code == 200
    assert _post(server, "/hooks/wise", body + b" ", **header).status_code == 401
    assert CANARY not in server.output()
