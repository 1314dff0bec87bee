"""Workflows verify the gateway with the schemes' own libraries, over the bytes they receive."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import standardwebhooks
import stripe
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.polling import until
from tests.support.svix import without_svix
from tests.support.workflow import Received, Workflow

OLD, NEW = (f"whsec_{b64encode(text * 32).decode()}" for text in (b"o", b"n"))
SHARED = "canary-of-the-signing-secret"
PAIR = Ed25519PrivateKey.generate()
PEM = PAIR.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
HOOKS = """
name: standard
method: POST
authentication: none
workflow:
  url: URL/run/standard
  data: {order: "${body.order}", note: "für ${body.who}"}
  authentication:
    {type: signature, scheme: standard-webhooks, secrets: [{secret: old}, {secret: new}]}
---
name: svix
method: POST
authentication: none
workflow:
  url: URL/run/svix
  format: form
  authentication: {type: signature, scheme: svix, secrets: [{secret: new}]}
---
name: stripe
method: POST
authentication: none
workflow:
  url: URL/run/stripe
  authentication: {type: signature, scheme: stripe, secrets: [{secret: shared}]}
---
name: github
method: POST
authentication: none
workflow:
  url: URL/run/github
  authentication: {type: signature, scheme: github, secrets: [{secret: shared}]}
---
name: url
method: POST
authentication: none
workflow:
  url: URL/run/${body.order}
  method: GET
  query: {note: "${body.who}"}
  data: {a: "b c"}
  authentication:
    type: signature
    scheme: {header: X-Signature, signed: "{method} {url} {path} {body}"}
    secrets: [{secret: shared}]
---
name: pair
method: POST
authentication: none
workflow:
  url: URL/run/pair
  authentication:
    type: signature
    scheme: {header: X-Signature, signed: "{body}", algorithm: ed25519, key: spki}
    secrets: [{secret: private}]
---
name: flaky
method: POST
authentication: none
workflow:
  url: URL/flaky/2
  retry: {attempts: 2}
  authentication:
    type: signature
    scheme:
      header: X-Signature
      format: pairs
      pair: v1
      signed: "{id}.{timestamp}.{body}"
      timestamp: {pair: t, unit: ms}
      id: {header: X-Message}
    secrets: [{secret: shared}]
---
name: rotating
method: POST
authentication: none
workflow:
  url: URL/run/rotating
  authentication: {type: signature, scheme: github, secrets: [{secret: rotating}]}
---
name: unusable
method: POST
authentication: none
workflow:
  url: URL/run/unusable
  authentication: {type: signature, scheme: svix, secrets: [{secret: shared}]}
"""
BODY = {"order": "a/1", "who": "Zoë"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    kept = {"old": OLD, "new": NEW, "shared": SHARED, "private": PEM, "rotating": "before-" * 4}
    written = {"hooks.yaml": HOOKS.replace("URL", workflow.url)}
    with gateway(tmp_path_factory.mktemp("outgoing"), written, secrets=kept) as running:
        yield running


def _called(server: Gateway, workflow: Workflow, name: str, body: object = BODY) -> list[Received]:
    workflow.received.clear()
    answer = server.request("POST", f"/hooks/{name}", json=body)
    assert answer.status_code == 200, answer.text
    return list(workflow.received)


def _hex(text: bytes, digest: str = "sha256", secret: str = SHARED) -> str:
    return hmac.digest(secret.encode(), text, digest).hex()


def test_standard_webhooks_verify_the_mapped_body_with_either_secret(
    server: Gateway, workflow: Workflow
) -> None:
    (call,) = _called(server, workflow, "standard")
    assert call.json() == {"order": "a/1", "note": "für Zoë"}
    assert call.headers["webhook-id"] == call.headers["idempotency-key"]
    for secret in (OLD, NEW):
        standardwebhooks.Webhook(secret).verify(call.body, call.headers)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(NEW).verify(call.body + b" ", call.headers)


def test_svix_verifies_what_is_encoded_as_a_form(server: Gateway, workflow: Workflow) -> None:
    (call,) = _called(server, workflow, "svix")
    assert call.body == b"order=a%2F1&who=Zo%C3%AB"
    headers = without_svix(call.headers)
    assert "svix-id" in call.headers
    standardwebhooks.Webhook(NEW).verify(call.body, headers, json_parse=False)
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OLD).verify(call.body, headers, json_parse=False)


def test_stripe_verifies_the_received_body(server: Gateway, workflow: Workflow) -> None:
    (call,) = _called(server, workflow, "stripe")
    assert stripe.WebhookSignature.verify_header(
        call.body.decode(), call.headers["stripe-signature"], SHARED, tolerance=60
    )


@pytest.mark.parametrize("size", [1, 300_000])
def test_a_receiver_of_githubs_signatures_verifies_any_size(
    server: Gateway, workflow: Workflow, size: int
) -> None:
    (call,) = _called(server, workflow, "github", {"text": "x" * size})
    assert call.headers["x-hub-signature-256"] == "sha256=" + _hex(call.body)


def test_the_signed_url_is_the_called_one(server: Gateway, workflow: Workflow) -> None:
    (call,) = _called(server, workflow, "url")
    assert call.target == "/run/a%2F1?note=Zo%C3%AB&a=b+c"
    path = call.target.partition("?")[0]
    signed = f"GET {workflow.url}{call.target} {path} "
    assert call.headers["x-signature"] == _hex(signed.encode())


def test_a_private_key_signs_and_its_public_key_verifies(
    server: Gateway, workflow: Workflow
) -> None:
    (call,) = _called(server, workflow, "pair")
    PAIR.public_key().verify(bytes.fromhex(call.headers["x-signature"]), call.body)


def test_each_attempt_is_signed_at_its_own_time(server: Gateway, workflow: Workflow) -> None:
    workflow.flaky = 0
    first, second = _called(server, workflow, "flaky")
    times = []
    for call in (first, second):
        stamp, signature = call.headers["x-signature"].split(",")
        text = f"{call.headers['x-message']}.{stamp[2:]}.".encode() + call.body
        assert signature == f"v1={_hex(text)}"
        times.append(int(stamp[2:]))
    assert times[0] < times[1]
    assert first.headers["x-message"] == second.headers["x-message"]


def test_a_replaced_secret_signs_after_a_reload(
    server: Gateway, workflow: Workflow, tmp_path: Path
) -> None:
    (call,) = _called(server, workflow, "rotating")
    assert call.headers["x-hub-signature-256"] == "sha256=" + _hex(call.body, secret="before-" * 4)
    (server.log.parent / "secrets" / "rotating").write_text("after-" * 4)
    assert server.operate("POST", "/-/reload", headers=ADMIN).status_code == 200

    def signs() -> bool:
        (call,) = _called(server, workflow, "rotating")
        return call.headers["x-hub-signature-256"] == "sha256=" + _hex(
            call.body, secret="after-" * 4
        )

    until(signs)


def test_a_secret_of_another_form_takes_the_hook_out_of_service(server: Gateway) -> None:
    assert server.request("POST", "/hooks/unusable", json={}).status_code == 503
    status = server.operate("GET", "/-/status", headers=ADMIN).text
    assert "secret 'shared' cannot be used: the secret does not start with 'whsec_'" in status


def test_neither_log_nor_status_has_a_secret(server: Gateway) -> None:
    shown = server.output() + server.operate("GET", "/-/status", headers=ADMIN).text
    assert not [one for one in (OLD, NEW, SHARED, PEM.splitlines()[1]) if one in shown]
