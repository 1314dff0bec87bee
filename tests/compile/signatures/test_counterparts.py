"""The senders' own libraries sign; the engine verifies. And the other way round."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

import pytest
import standardwebhooks
import stripe
from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.compile.signatures.requests import Sent, compiled, signed, verdict
from tests.support.svix import without_svix

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"type":"contact.created","name":"Zoë ✓"}'
STAMP = int(time.time())
PARAMETERS = {"CallSid": "CA123", "From": "+14158675309", "Body": "Zoë & co ✓", "Empty": ""}
AUTH_TOKEN = "1c892n40nd03kdnc0112slzkl3091j20"


def _standard(prefix: str, signature: str) -> Sent:
    names = {"id": "msg_1", "timestamp": str(STAMP), "signature": signature}
    return Sent({f"{prefix}-{name}": value for name, value in names.items()}, BODY.encode())


@pytest.mark.parametrize(
    ("preset", "prefix"),
    [("standard-webhooks", "webhook"), ("gitlab", "webhook"), ("svix", "svix")],
)
def test_standardwebhooks_signs_and_we_verify(preset: str, prefix: str) -> None:
    when = datetime.fromtimestamp(STAMP, UTC)
    signature = standardwebhooks.Webhook(SECRET).sign("msg_1", when, BODY)
    sent = _standard(prefix, signature)
    assert verdict(compiled(preset), sent, SECRET, now=STAMP) is None


def test_stripe_signs_and_we_verify() -> None:
    header = stripe.WebhookSignature.generate_signature_header(
        payload=BODY, secret=SECRET, timestamp=STAMP
    )
    sent = Sent({"Stripe-Signature": header}, BODY.encode())
    assert verdict(compiled("stripe"), sent, SECRET, now=STAMP) is None


def test_slack_signs_and_we_verify() -> None:
    secret = "8f742231b10e8888abcd99e0f0f085a5"
    signature = SignatureVerifier(secret).generate_signature(timestamp=str(STAMP), body=BODY)
    assert signature is not None
    sent = Sent(
        {"X-Slack-Request-Timestamp": str(STAMP), "X-Slack-Signature": signature}, BODY.encode()
    )
    assert verdict(compiled("slack"), sent, secret, now=STAMP) is None


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_twilio_signs_a_form_and_we_verify(algorithm: str, port: str) -> None:
    url = f"https://hooks.example.com{port}"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(
        f"{url}/hooks/x?a=1", PARAMETERS, algorithm
    )
    sent = Sent(
        {
            "X-Twilio-Signature": signature,
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        },
        urlencode(PARAMETERS).encode(),
        b"a=1",
    )
    assert verdict(compiled("twilio", public_url=url), sent, AUTH_TOKEN) is None


def test_twilio_signs_json_by_its_digest_and_we_verify() -> None:
    query = f"bodySHA256={sha256(BODY.encode()).hexdigest()}"
    signature = RequestValidator(AUTH_TOKEN).compute_signature(
        f"https://hooks.example.com/hooks/x?{query}", {}
    )
    sent = Sent(
        {"X-Twilio-Signature": signature, "Content-Type": "application/json"},
        BODY.encode(),
        query.encode(),
    )
    scheme = compiled("twilio", public_url="https://hooks.example.com")
    assert verdict(scheme, sent, AUTH_TOKEN) is None
    for body in (b"{}", b"", b"a=b"):
        assert verdict(scheme, sent._replace(body=body), AUTH_TOKEN) == "body-digest-wrong"
    as_form = sent.with_header("Content-Type", "application/x-www-form-urlencoded")
    for body in (b"", b"a=b"):
        assert verdict(scheme, as_form._replace(body=body), AUTH_TOKEN) == "body-digest-wrong"


def test_what_we_sign_is_verified_by_the_senders_libraries() -> None:
    now = time.time()
    body = BODY.encode()
    standard = signed(compiled("standard-webhooks"), SECRET, body, now)
    standardwebhooks.Webhook(SECRET).verify(body, dict(standard.headers))
    svix = signed(compiled("svix"), SECRET, body, now)
    standardwebhooks.Webhook(SECRET).verify(body, without_svix(svix.headers))
    header = signed(compiled("stripe"), SECRET, body, now).headers["Stripe-Signature"]
    assert stripe.WebhookSignature.verify_header(BODY, header, SECRET, tolerance=300)
    slack = signed(compiled("slack"), SECRET, body, now)
    assert SignatureVerifier(SECRET).is_valid_request(body, dict(slack.headers))


def test_a_form_that_we_sign_is_verified_by_twilio() -> None:
    url = "https://hooks.example.com/hooks/x"
    scheme = compiled("twilio", public_url=url)
    sent = signed(
        scheme,
        AUTH_TOKEN,
        urlencode(PARAMETERS).encode(),
        content_type="application/x-www-form-urlencoded",
    )
    signature = sent.headers["X-Twilio-Signature"]
    assert RequestValidator(AUTH_TOKEN).validate(url, PARAMETERS, signature)
