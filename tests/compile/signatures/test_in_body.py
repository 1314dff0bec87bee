"""A signature that is a member of the body: what it verifies, and each way in which it can fail."""

from __future__ import annotations

import hmac
from typing import Any

import msgspec
import pytest

from gateway.compile.signatures.members import written
from tests.compile.signatures.requests import NOW, Sent, compiled, signed, verdict

SECRET = "a-secret-of-some-length"
TOKEN = "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
SCHEME = {
    "body": "/signature/signature",
    "signed": "{timestamp}{id}",
    "timestamp": {"body": "/signature/timestamp"},
    "id": {"body": "/signature/token"},
}
SIGNED = compiled(SCHEME)


def _mac(timestamp: str, token: str = TOKEN) -> str:
    return hmac.digest(SECRET.encode(), f"{timestamp}{token}".encode(), "sha256").hex()


def _sent(**changed: Any) -> Sent:
    whole = {"timestamp": "1700000000", "token": TOKEN, "signature": _mac("1700000000")}
    parts = {name: value for name, value in (whole | changed).items() if value is not None}
    return Sent({}, msgspec.json.encode({"signature": parts, "event-data": {"event": "opened"}}))


def test_a_signature_in_the_body_is_verified() -> None:
    assert verdict(SIGNED, _sent(), SECRET) is None
    assert verdict(SIGNED, _sent(timestamp=1_700_000_000), SECRET) is None
    assert verdict(SIGNED, _sent(), "another-secret") == "signature-wrong"
    assert verdict(SIGNED, _sent(), SECRET, now=NOW + 301) == "timestamp-outside"


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"signature": None}, "signature-missing"),
        ({"signature": ""}, "signature-missing"),
        ({"signature": None, "timestamp": None}, "signature-missing"),
        ({"signature": 7}, "signature-malformed"),
        ({"signature": None, "Signature": _mac("1700000000")}, "signature-missing"),
        ({"signature": [_mac("1700000000")]}, "signature-malformed"),
        ({"signature": {"v1": _mac("1700000000")}}, "signature-malformed"),
        ({"signature": _mac("1700000000").upper()}, "signature-malformed"),
        ({"signature": _mac("1700000000") + "\n"}, "signature-malformed"),
        ({"signature": "é" * 64}, "signature-malformed"),
        ({"signature": "a" * 20_000}, "signature-too-long"),
        ({"signature": "0" * 64}, "signature-wrong"),
        ({"timestamp": None}, "timestamp-missing"),
        ({"timestamp": ""}, "timestamp-missing"),
        ({"timestamp": 1.7e9}, "timestamp-malformed"),
        ({"timestamp": True}, "timestamp-malformed"),
        ({"timestamp": -1_700_000_000}, "timestamp-malformed"),
        ({"timestamp": "01700000000"}, "timestamp-malformed"),
        ({"timestamp": "1700000001"}, "signature-wrong"),
        ({"timestamp": "1699999000"}, "timestamp-outside"),
        ({"token": None}, "id-missing"),
        ({"token": 7}, "id-malformed"),
        ({"token": "a b"}, "id-malformed"),
        ({"token": TOKEN + "0"}, "signature-wrong"),
    ],
)
def test_a_member_that_is_missing_or_of_another_kind_refuses(
    changed: dict[str, Any], outcome: str
) -> None:
    assert verdict(SIGNED, _sent(**changed), SECRET) == outcome


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b'{"signature":',
        b"\xff",
        b"[" * 100_000,
        b"\xef\xbb\xbf{}",
        b'{"signature":{"signature":"\\ud800"}}',
    ],
)
def test_a_body_that_is_no_json_refuses(body: bytes) -> None:
    assert verdict(SIGNED, Sent({}, body), SECRET) == "body-malformed"


def test_a_member_that_appears_twice_refuses() -> None:
    """The gateway and the workflow could read different ones."""
    body = _sent().body.replace(b'{"timestamp"', b'{"token":"other","timestamp"')
    assert verdict(SIGNED, Sent({}, body), SECRET) == "body-malformed"


@pytest.mark.parametrize("body", [b"[]", b"null", b'"signature"', b'{"signature":[]}', b"{}"])
def test_a_body_of_another_form_has_no_signature(body: bytes) -> None:
    assert verdict(SIGNED, Sent({}, body), SECRET) == "signature-missing"


def test_a_step_into_an_array_is_an_index_and_nothing_else() -> None:
    for step, outcome in (("1", None), ("-1", "signature-missing"), ("x", "signature-missing")):
        scheme = compiled({**SCHEME, "body": f"/list/{step}"})
        parts = {"timestamp": "1700000000", "token": TOKEN}
        body = msgspec.json.encode({"list": ["", _mac("1700000000")], "signature": parts})
        assert verdict(scheme, Sent({}, body), SECRET) == outcome


@pytest.mark.parametrize("timestamp", ["{timestamp}{id}", "{timestamp}.{id}", "{id}:{timestamp}"])
def test_what_is_signed_is_verified(timestamp: str) -> None:
    scheme = compiled({**SCHEME, "signed": timestamp})
    sent = signed(scheme, SECRET, b'{"a":1}')
    assert verdict(scheme, sent, SECRET) is None
    assert msgspec.json.decode(sent.body)["a"] == 1


def test_the_signature_may_carry_the_timestamp_beside_it() -> None:
    scheme = compiled(
        {
            "body": "/proof",
            "format": "pairs",
            "pair": "v1",
            "signed": "{timestamp}.{id}",
            "timestamp": {"pair": "t"},
            "id": {"body": "/token"},
        }
    )
    sent = signed(scheme, SECRET, b"{}")
    assert msgspec.json.decode(sent.body)["proof"].startswith("t=1700000000,v1=")
    assert verdict(scheme, sent, SECRET) is None


def test_members_are_written_only_where_a_body_has_a_place_for_them() -> None:
    assert written(b"", [(("a", "b"), "c")]) == b'{"a":{"b":"c"}}'
    assert written(b"[1,2]", [(("0",), "c")]) == b'["c",2]'
    for body in (b"[]", b"3", b"no JSON", b'{"a":1}', b"\xff"):
        with pytest.raises(LookupError, match="/a/b"):
            written(body, [(("a", "b"), "c")])
