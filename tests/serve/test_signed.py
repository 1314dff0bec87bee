"""Signed hooks the whole way: real senders' requests come in, and nothing else does."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier
from standardwebhooks.webhooks import Webhook
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.compile.signatures.requests import Sent, compiled, signed
from tests.support.gateway import ADMIN, Gateway, gateway
from tests.support.raw import exchange
from tests.support.workflow import Received, Workflow

CANARY = "canary-4f1c"
SECRETS = {
    "github": f"{CANARY}-github-secret",
    "github-old": f"{CANARY}-github-secret-of-yesterday",
    "stripe": f"whsec_{CANARY}-stripe",
    "slack": f"{CANARY}-slack-signing-secret",
    "standard": "whsec_" + base64.b64encode(f"{CANARY}-of-24-bytes-at-least".encode()).decode(),
    "twilio": f"{CANARY}-twilio-token",
    "short": "short",
}
PUBLIC = "https://hooks.example.com"
HOOKS = """
name: github
method: POST
limits: {failures: 1000000/1s}
authentication:
  type: signature
  scheme: github
  secrets: [{secret: github}, {secret: github-old}]
workflow: {url: URL/run/github, format: raw}
---
name: stripe
method: POST
limits: {failures: 1000000/1s}
authentication: {type: signature, scheme: stripe, secrets: [{secret: stripe}]}
match: {body: {type: charge.succeeded}}
workflow: URL/run/stripe
---
name: slack
method: POST
limits: {failures: 1000000/1s}
authentication: {type: signature, scheme: slack, secrets: [{secret: slack}]}
workflow: URL/run/slack
---
name: standard
method: POST
limits: {failures: 1000000/1s}
authentication: {type: signature, scheme: standard-webhooks, secrets: [{secret: standard}]}
workflow: URL/run/standard
---
name: twilio
path: /twilio/{tenant}
method: POST
limits: {failures: 1000000/1s}
authentication:
  type: signature
  scheme: twilio
  secrets: [{secret: twilio}]
  public_url: https://hooks.example.com
workflow: {url: URL/run/twilio, format: raw}
---
name: limited
method: POST
limits: {failures: 10/1h}
authentication: {type: signature, scheme: github, secrets: [{secret: github}]}
workflow: URL/run/limited
---
name: too-short
method: POST
authentication: {type: signature, scheme: github, secrets: [{secret: short}]}
workflow: URL/run/too-short
"""
BODY = b'{"type":"charge.succeeded","n":1}'
FORM = "application/x-www-form-urlencoded"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("signed")
    hooks = {"hooks.yaml": HOOKS.replace("URL", workflow.url)}
    with gateway(directory, hooks, secrets=SECRETS) as running:
        yield running


@pytest.fixture
def seen(workflow: Workflow) -> list[Received]:
    workflow.received.clear()
    return workflow.received


def post(server: Gateway, sent: Sent, path: str = "") -> httpx.Response:
    target = path or sent.path
    if sent.query:
        target += "?" + sent.query.decode()
    headers = {name: value.encode("latin-1") for name, value in sent.headers.items()}
    return server.request("POST", target, content=sent.body, headers=headers)


def sent_by(name: str, body: bytes = BODY, secret: str = "", at: float = 0.0) -> Sent:
    """What a sender sends to the hook of its name, now or `at` seconds from now."""
    hook = "standard" if name == "standard-webhooks" else name
    sent = signed(compiled(name), secret or SECRETS[hook], body, time.time() + at)
    return sent._replace(path=f"/hooks/{hook}")


def by_github() -> Sent:
    return sent_by("github")


def by_stripe() -> Sent:
    header = stripe.WebhookSignature.generate_signature_header(
        payload=BODY.decode(), secret=SECRETS["stripe"], timestamp=int(time.time())
    )
    return Sent({"Stripe-Signature": header, **JSON}, BODY, path="/hooks/stripe")


def by_slack() -> Sent:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRETS["slack"]).generate_signature(
        timestamp=stamp, body=BODY.decode()
    )
    assert signature is not None
    headers = {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": stamp}
    return Sent(headers | JSON, BODY, path="/hooks/slack")


def by_standard_webhooks() -> Sent:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRETS["standard"]).sign("msg_1", now, BODY.decode()),
    }
    return Sent(headers | JSON, BODY, path="/hooks/standard")


def by_twilio_as_a_form() -> Sent:
    parameters = {"CallSid": "CA123", "Body": "Zoë & co ✓", "Empty": ""}
    path = "/twilio/s%C3%A3o%20paulo"
    signature = _twilio(f"{PUBLIC}{path}?a=%20b", parameters)
    headers = {"X-Twilio-Signature": signature, "Content-Type": f"{FORM}; charset=UTF-8"}
    return Sent(headers, urlencode(parameters).encode(), b"a=%20b", path)


def by_twilio_as_json() -> Sent:
    query = f"bodySHA256={sha256(BODY).hexdigest()}"
    signature = _twilio(f"{PUBLIC}/twilio/paris?{query}", {})
    headers = {"X-Twilio-Signature": signature} | JSON
    return Sent(headers, BODY, query.encode(), "/twilio/paris")


def _twilio(url: str, parameters: dict[str, str]) -> str:
    return str(RequestValidator(SECRETS["twilio"]).compute_signature(url, parameters))


SENDERS: dict[str, Callable[[], Sent]] = {
    "github": by_github,
    "stripe": by_stripe,
    "slack": by_slack,
    "standard-webhooks": by_standard_webhooks,
    "twilio-form": by_twilio_as_a_form,
    "twilio-json": by_twilio_as_json,
}
SIGNATURES = {
    "github": "X-Hub-Signature-256",
    "stripe": "Stripe-Signature",
    "slack": "X-Slack-Signature",
    "standard-webhooks": "webhook-signature",
    "twilio-form": "X-Twilio-Signature",
    "twilio-json": "X-Twilio-Signature",
}
senders = pytest.mark.parametrize("sender", SENDERS)
stamped = pytest.mark.parametrize("sender", ["stripe", "slack", "standard-webhooks"])


@senders
def test_what_the_sender_signed_reaches_the_workflow(
    server: Gateway, seen: list[Received], sender: str
) -> None:
    sent = SENDERS[sender]()
    assert post(server, sent).status_code == 200
    assert seen[0].body == sent.body


def assert_refused(answer: httpx.Response) -> None:
    """The one answer that everybody gets whose signature does not hold."""
    problem = answer.json()
    hook = answer.headers["www-authenticate"]
    assert answer.status_code == 401
    assert hook.startswith('Signature realm="')
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem.pop("instance") == answer.headers["x-request-id"]
    assert problem == {
        "type": "urn:webhook-gateway:unauthenticated",
        "title": "The credentials are missing or wrong",
        "status": 401,
        "detail": "This hook requires a valid signature.",
    }


@senders
@pytest.mark.parametrize(
    "value",
    [
        "",
        "a" * 12_000,
        "v1=," * 3_000,
        "sha256=" + "g" * 64,
        "v1,not-base64!",
        "t=now,v1=not-hex",
        "sha256=" + "é" * 32,
        "None",
    ],
    ids=["empty", "long", "parts", "not-hex", "not-base64", "pairs", "not-ascii", "word"],
)
def test_what_is_no_signature_is_refused(
    server: Gateway, seen: list[Received], sender: str, value: str
) -> None:
    sent = SENDERS[sender]()
    assert_refused(post(server, sent.with_header(SIGNATURES[sender], value)))
    assert not seen


@senders
def test_a_missing_or_repeated_signature_is_refused(
    server: Gateway, seen: list[Received], sender: str
) -> None:
    sent = SENDERS[sender]()
    name = SIGNATURES[sender]
    without = {key: value for key, value in sent.headers.items() if key != name}
    assert_refused(post(server, sent._replace(headers=without)))
    twice = [*sent.headers.items(), (name, sent.headers[name])]
    target = f"{sent.path}?{sent.query.decode()}"
    assert_refused(server.request("POST", target, content=sent.body, headers=twice))
    assert not seen


@senders
def test_a_header_of_64_kilobytes_ends_before_it_costs_anything(
    server: Gateway, sender: str
) -> None:
    sent = SENDERS[sender]()
    head = f"POST {sent.path} HTTP/1.1\r\nHost: x\r\n{SIGNATURES[sender]}: ".encode()
    answer = exchange(server.port, head + b"a" * 65_536 + b"\r\n\r\n")
    assert answer.status == 431


@stamped
@pytest.mark.parametrize("seconds", [-301, 301 + 60, -86400 * 365])
def test_a_timestamp_too_far_from_now_is_refused_either_way(
    server: Gateway, seen: list[Received], sender: str, seconds: float
) -> None:
    # The machine may be slow, so that time goes on between signing and looking.
    for near in (-200, 290):
        assert post(server, sent_by(sender, at=near)).status_code == 200
    seen.clear()
    assert_refused(post(server, sent_by(sender, at=seconds)))
    assert not seen


@stamped
@pytest.mark.parametrize("stamp", ["-1700000000", "1700000000.5", "1" + "0" * 30, "", "now", "0x1"])
def test_a_timestamp_that_is_none_is_refused(
    server: Gateway, seen: list[Received], sender: str, stamp: str
) -> None:
    sent = sent_by(sender)
    for name, value in sent.headers.items():
        if re.fullmatch(r"\d{10}", value) or value.startswith("t="):
            sent = sent.with_header(name, re.sub(r"\d{10}", stamp, value, count=1))
    assert_refused(post(server, sent))
    assert not seen


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_flipped_bit_of_the_body_or_the_signature_is_refused(
    server: Gateway, data: st.DataObject
) -> None:
    sender = data.draw(st.sampled_from(sorted(SENDERS)))
    sent = SENDERS[sender]()
    if data.draw(st.booleans()):
        sent = sent._replace(body=_flipped(data, sent.body))
    else:
        name = SIGNATURES[sender]
        sent = sent.with_header(name, _flipped(data, sent.headers[name].encode()).decode())
    assert post(server, sent).status_code in (400, 401)


def _flipped(data: st.DataObject, text: bytes) -> bytes:
    place = data.draw(st.integers(0, len(text) - 1))
    # The lowest bit, so that a header stays one: a digit is another digit, a letter a letter.
    return text[:place] + bytes([text[place] ^ 1]) + text[place + 1 :]


def test_old_and_new_secret_are_both_in_force(server: Gateway) -> None:
    old = sent_by("github", secret=SECRETS["github-old"])
    assert post(server, old).status_code == 200
    assert_refused(post(server, sent_by("github", secret="another-secret")))


def test_the_rules_come_after_the_signature(server: Gateway, seen: list[Received]) -> None:
    other = b'{"type":"charge.failed"}'
    assert post(server, sent_by("stripe", other)).status_code == 422
    assert_refused(post(server, sent_by("stripe", other, secret="another-secret")))
    assert_refused(post(server, sent_by("stripe", b"{broken", secret="another-secret")))
    assert not seen


def test_a_host_header_does_not_change_the_url_that_is_signed(server: Gateway) -> None:
    sent = by_twilio_as_json()
    assert post(server, sent.with_header("Host", "evil.example.com")).status_code == 200
    elsewhere = sent._replace(path="/twilio/rome")
    assert_refused(post(server, elsewhere))
    assert_refused(post(server, sent._replace(query=sent.query + b"&a=b")))


def test_a_secret_that_is_too_short_takes_its_hook_out_of_service(server: Gateway) -> None:
    sent = sent_by("github", secret="short-but-the-signer-needs-eight")
    assert post(server, sent, "/hooks/too-short").status_code == 503
    hooks = server.request("GET", "/-/status", headers=ADMIN).json()["hooks"]
    found = next(hook for hook in hooks if hook["name"] == "too-short")
    assert (found["state"], found["problems"]) == (
        "out of service",
        [
            "secret 'short' cannot be used: the secret contains a key of 5 bytes; the scheme "
            "requires at least 8"
        ],
    )


def test_a_client_whose_signatures_fail_is_told_to_wait_and_right_ones_come_in(
    server: Gateway,
) -> None:
    wrong = sent_by("github", secret="another-secret")
    answers = [post(server, wrong, "/hooks/limited") for _ in range(12)]
    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    assert answers[-1].status_code == 429
    assert 0 < int(answers[-1].headers["retry-after"]) <= 360
    assert post(server, by_github(), "/hooks/limited").status_code == 200


def test_the_log_says_why_and_nothing_that_anybody_could_use(server: Gateway) -> None:
    wrong = sent_by("github", secret="another-secret").with_header("X-Request-Id", "why-1")
    post(server, wrong)
    assert server.wait_for_line(request_id="why-1")["outcome"] == "signature-wrong"
    late = sent_by("slack", at=-400).with_header("X-Request-Id", "why-2")
    post(server, late)
    assert server.wait_for_line(request_id="why-2")["outcome"] == "timestamp-outside"
    output = server.output()
    for text in (CANARY, SECRETS["standard"], wrong.headers["X-Hub-Signature-256"], "Traceback"):
        assert text not in output
    assert "unexpected" not in {line["outcome"] for line in server.lines()}
