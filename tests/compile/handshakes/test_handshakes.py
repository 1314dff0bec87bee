"""What providers send before anything else, and the bounded answers they get."""

from __future__ import annotations

import hmac
import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.handshakes import (
    Answer,
    Asked,
    HandshakeRequest,
    compile_handshake,
)
from gateway.errors import Forbidden, Malformed, Refusal, Unavailable
from gateway.language.spec.handshakes import (
    SHORT,
    Handshake,
    HandshakeName,
    LongHandshake,
    long_forms,
)
from tests.compile.signatures.requests import NOW, compiled, raw, signed
from tests.support.thorough import cases

META = {"type": "meta", "verify_token": {"secret": "meta-verify"}}
TEXT = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"x-content-type-options", b"nosniff"),
)
LONG = tuple(kind.__struct_config__.tag for kind in get_args(LongHandshake))


def _handshake(written: object) -> Asked:
    spec: Handshake = msgspec.convert(written, Handshake)
    return compile_handshake(long_forms(spec)[0])


def _request(method: str = "POST", **parts: Any) -> HandshakeRequest:
    query = parts.pop("query", "").encode()
    return HandshakeRequest(method, query, parts.pop("headers", []), now=NOW, **parts)


def _slack(challenge: object) -> HandshakeRequest:
    event = {"token": "Jhj5dZ", "challenge": challenge, "type": "url_verification"}
    return _request(body=json.dumps(event).encode())


def test_slack_gets_its_challenge_back_as_text() -> None:
    challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
    assert _handshake("slack")(_slack(challenge)) == Answer(200, TEXT, challenge.encode())


@pytest.mark.parametrize("challenge", [None, 7, "", "a" * 1025, "a\nb", "<b>\x00", "é", ["a"]])
def test_slack_gets_nothing_else_back(challenge: object) -> None:
    with pytest.raises(Malformed):
        _handshake("slack")(_slack(challenge))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b"\xff\xfe",
        b'{"type":"event_callback"}',
        b'{"challenge":"a"}',
        b'{"type":"event_callback","event":{"text":"url_verification"}}',
    ],
)
@pytest.mark.parametrize("name", ["slack", "zoom"])
def test_every_other_event_goes_on_to_the_hook(name: str, body: bytes) -> None:
    assert _handshake(name)(_request(body=body, secrets=[b"a-secret"])) is None


def test_escapes_do_not_carry_a_handshake_past_to_the_workflow() -> None:
    body = b'{"type":"url\\u005fverification","challenge":"abc"}'
    answer = _handshake("slack")(_request(body=body))
    assert answer is not None
    assert answer.body == b"abc"


ZOOM = {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}


def _zoom(event: object, signing: str, *secrets: str) -> HandshakeRequest:
    body = json.dumps(event).encode()
    sent = signed(compiled("zoom"), signing, body)
    known = [secret.encode() for secret in secrets]
    return _request(body=body, headers=raw(sent.headers), secrets=known)


def test_zoom_gets_its_token_and_the_hmac_of_the_secret_that_signed() -> None:
    for secrets in (("old-secret", "new-secret"), ("new-secret", "old-secret"), ("new-secret",)):
        answer = _handshake("zoom")(_zoom(ZOOM, "new-secret", *secrets))
        assert answer is not None
        digest = hmac.new(b"new-secret", b"qgg8vlvZRS6UYooatFL8Aw", "sha256").hexdigest()
        assert json.loads(answer.body) == {
            "plainToken": "qgg8vlvZRS6UYooatFL8Aw",
            "encryptedToken": digest,
        }
        assert (b"content-type", b"application/json") in answer.headers
        assert (b"x-content-type-options", b"nosniff") in answer.headers


@pytest.mark.parametrize(
    "payload", [None, {}, [], {"plainToken": 7}, {"plainToken": ""}, {"plainToken": "a" * 1025}]
)
def test_a_zoom_validation_without_a_bounded_token_is_refused(payload: object) -> None:
    event = {"event": "endpoint.url_validation", "payload": payload}
    with pytest.raises(Malformed):
        _handshake("zoom")(_zoom(event, "new-secret", "new-secret"))


def test_a_zoom_validation_without_a_secret_is_never_answered() -> None:
    with pytest.raises(Unavailable):
        _handshake("zoom")(_zoom(ZOOM, "new-secret"))


def _meta(query: str, *tokens: bytes) -> Answer | None:
    known = tokens or ("token é".encode(),)
    return _handshake(META)(_request("GET", query=query, secrets=known))


def test_meta_gets_its_challenge_for_the_right_verify_token() -> None:
    query = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=token+%C3%A9"
    assert _meta(query) == Answer(200, TEXT, b"1158201444")
    assert _meta(query, b"other", "token é".encode()) == Answer(200, TEXT, b"1158201444")


@pytest.mark.parametrize("token", ["", "hub.verify_token=", "hub.verify_token=wrong"])
def test_a_wrong_verify_token_gets_no_challenge(token: str) -> None:
    query = f"hub.mode=subscribe&hub.challenge=1158201444&{token}"
    for tokens in ((b"right",), (b"right", b"other")):
        with pytest.raises(Forbidden) as refused:
            _meta(query, *tokens)
        assert "right" not in refused.value.detail


def test_an_empty_verify_token_opens_nothing() -> None:
    with pytest.raises(Forbidden):
        _meta("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", b"")


@pytest.mark.parametrize(
    "query",
    [
        "hub.mode=subscribe&hub.verify_token=t",
        "hub.mode=unsubscribe&hub.verify_token=t&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=t&hub.challenge=%3Cscript%3E%00",
        "hub.mode=subscribe&hub.verify_token=t&hub.challenge=1&hub.challenge=2",
        "hub.mode=subscribe&hub.verify_token=t&hub.verify_token=t&hub.challenge=1",
    ],
)
def test_a_malformed_verification_is_refused(query: str) -> None:
    with pytest.raises(Malformed):
        _meta(query, b"t")


@pytest.mark.parametrize(
    ("name", "method", "parameter"),
    [("dropbox", "GET", "challenge"), ("microsoft-graph", "POST", "validationToken")],
)
def test_tokens_in_the_query_come_back_decoded_and_bounded(
    name: str, method: str, parameter: str
) -> None:
    answer = _handshake(name)
    found = answer(_request(method, query=f"{parameter}=Validation%3a+Request-Id%3A%201&x=y"))
    assert found == Answer(200, TEXT, b"Validation: Request-Id: 1")
    assert answer(_request(method, query="other=1")) is None
    for bad in ("", "a" * 1025, "%00", "%ff", "%C3%A9", f"a&{parameter}=b"):
        with pytest.raises(Malformed):
            answer(_request(method, query=f"{parameter}={bad}"))
    with pytest.raises(Malformed):
        answer(_request(method, query="a=b&" * 101))


def _options(*headers: tuple[bytes, bytes], written: object = "cloudevents") -> Answer | None:
    return _handshake(written)(_request("OPTIONS", headers=list(headers)))


ORIGIN = (b"webhook-request-origin", b"eventemitter.example.com")


def test_cloudevents_are_permitted_to_whoever_asks() -> None:
    answer = _options(ORIGIN, (b"webhook-request-rate", b"120"))
    assert answer is not None
    headers = dict(answer.headers)
    assert answer.status == 200
    assert headers[b"webhook-allowed-origin"] == b"eventemitter.example.com"
    assert headers[b"webhook-allowed-rate"] == b"*"
    assert b"POST" in headers[b"allow"]
    assert answer.body == b""


@pytest.mark.parametrize(
    ("asked", "allowed"), [(None, b"100"), (b"120", b"100"), (b"60", b"60"), (b"100", b"100")]
)
def test_no_more_than_the_written_rate_is_promised(asked: bytes | None, allowed: bytes) -> None:
    rate = [] if asked is None else [(b"webhook-request-rate", asked)]
    answer = _options(ORIGIN, *rate, written={"type": "cloudevents", "rate": 100})
    assert answer is not None
    assert dict(answer.headers)[b"webhook-allowed-rate"] == allowed


def test_only_written_origins_may_send() -> None:
    written = {"type": "cloudevents", "origins": ["EventEmitter.example.com"]}
    assert _options(ORIGIN, written=written) is not None
    with pytest.raises(Forbidden):
        _options((b"webhook-request-origin", b"other.example.com"), written=written)


@pytest.mark.parametrize(
    "headers",
    [
        [(b"webhook-request-origin", b"")],
        [(b"webhook-request-origin", b"a" * 254)],
        [(b"webhook-request-origin", b"a\r\nx: y")],
        [(b"webhook-request-origin", b"*")],
        [ORIGIN, ORIGIN],
        [ORIGIN, (b"webhook-request-rate", b"0")],
        [ORIGIN, (b"webhook-request-rate", b"-5")],
        [ORIGIN, (b"webhook-request-rate", b"9" * 30)],
        [ORIGIN, (b"webhook-request-rate", b"many")],
    ],
)
def test_a_malformed_permission_request_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Malformed):
        _options(*headers)


def test_an_options_without_an_origin_is_no_handshake() -> None:
    assert _options((b"webhook-request-callback", b"https://evil.example/confirm")) is None


NEEDING_MORE: dict[str, Any] = {
    "meta": META,
    "strava": {**META, "type": "strava"},
    "probe": {"type": "probe", "methods": ["HEAD"]},
    "challenge": {
        "type": "challenge",
        "challenge": "${body.challenge}",
        "where": {"query": {"mode": {"exists": False}}},
    },
}


def test_every_handshake_can_be_written_by_its_name_unless_it_needs_more() -> None:
    assert set(SHORT) == set(get_args(HandshakeName))
    assert {*SHORT, *NEEDING_MORE} == set(LONG)
    for tag in LONG:
        assert callable(_handshake(NEEDING_MORE.get(tag, {"type": tag})))


@given(
    tag=st.sampled_from(LONG),
    query=st.binary(max_size=60),
    body=st.binary(max_size=60),
    value=st.binary(max_size=40),
)
@settings(max_examples=cases(600), deadline=None)
def test_no_bytes_at_all_do_more_than_answer_or_refuse(
    tag: str, query: bytes, body: bytes, value: bytes
) -> None:
    handshake = _handshake(NEEDING_MORE.get(tag, {"type": tag}))
    names = (b"webhook-request-origin", b"x-hook-secret", b"x-okta-verification-challenge")
    headers = [(name, value) for name in names]
    request = HandshakeRequest("POST", query, headers, body, (b"a-secret",), NOW)
    try:
        answer = handshake(request)
    except Refusal:
        return
    assert answer is None or len(answer.body) <= 4096
