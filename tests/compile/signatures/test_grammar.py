"""Schemes written as objects: what they verify, what they cover, and what authors may not write."""

from __future__ import annotations

import hmac
import re
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from gateway.compile.signatures import BadScheme, CannotSign
from gateway.compile.signatures.algorithms import ALGORITHMS, KEEPING, LETTING
from gateway.compile.signatures.keys import PUBLIC, SHARED
from gateway.language.lint.signature import KEY_FORMS
from gateway.language.spec.signature import SignatureAuthentication
from tests.compile.signatures.requests import NOW, Sent, compiled, signed, verdict

SECRET = "a-secret-of-some-length"
BODY = b'{"at":1700000000,"n":1}'

EXAMPLE: dict[str, Any] = {
    "header": "X-Acme-Signature",
    "format": "pairs",
    "pair": "v1",
    "signed": "{timestamp}.{body}",
    "timestamp": {"pair": "t", "unit": "ms"},
}

OBJECTS: list[dict[str, Any]] = [
    {"header": "X-Acme-Signature", "signed": "{body}"},
    {"header": "X-A", "signed": "{body}", "digest": "sha1", "encoding": "base64"},
    {"header": "X-A", "signed": "{body}", "digest": "sha512", "format": "prefix", "prefix": "s="},
    {"header": "X-A", "signed": "{body}", "digest": "sha384", "format": "prefix", "prefix": "S 1 "},
    {"header": "X-A", "signed": "{method} {path}\n{body}"},
    {"header": "X-A", "signed": "{body}", "format": "list", "separator": "; "},
    EXAMPLE,
    {
        "header": "X-A",
        "signed": "{body}\n{id}\n{timestamp}",
        "id": {"header": "X-Id"},
        "timestamp": {"header": "X-Time"},
    },
    {"header": "X-A", "signed": "{body}", "timestamp": {"body": "/at"}},
    {
        "header": "X-A",
        "signed": "{timestamp}{body}",
        "timestamp": {"header": "X-Time", "unit": "rfc3339"},
    },
]


@pytest.mark.parametrize("scheme", OBJECTS)
def test_every_format_verifies_what_was_signed_and_nothing_else(scheme: dict[str, Any]) -> None:
    it = compiled(scheme)
    sent = signed(it, SECRET, BODY)
    assert verdict(it, sent, SECRET) is None
    assert verdict(it, sent._replace(body=BODY.replace(b"1}", b"2}")), SECRET) == "signature-wrong"
    assert verdict(it, sent, "another-secret") == "signature-wrong"


@pytest.mark.parametrize("size", [0, 1, KEEPING, KEEPING + 1, 3 * KEEPING, LETTING, LETTING + 1])
def test_a_body_of_any_size_is_hashed_whole(size: int) -> None:
    body = bytes(range(256)) * (size // 256 + 1)
    mac = hmac.digest(SECRET.encode(), body[:size], "sha256").hex()
    sent = Sent({"X-Hub-Signature-256": f"sha256={mac}"}, body[:size])
    assert verdict(compiled("github"), sent, SECRET) is None
    assert verdict(compiled("github"), sent._replace(body=body[: size + 1]), SECRET) is not None


def test_the_example_of_the_manual_is_written_as_the_sender_writes_it() -> None:
    sent = signed(compiled(EXAMPLE), SECRET, BODY)
    assert sent.headers["X-Acme-Signature"].startswith("t=1700000000000,v1=")


@pytest.mark.parametrize("separator", [",", ", ", ";", "; ", "|", " "])
@pytest.mark.parametrize("blanks", ["", " ", "  ", "\t"])
def test_blanks_around_a_separator_are_optional(separator: str, blanks: str) -> None:
    it = compiled({**EXAMPLE, "separator": separator})
    sent = signed(it, SECRET, BODY)
    mark = separator.strip() or separator
    items = sent.headers["X-Acme-Signature"].split(separator)
    spaced = sent.with_header("X-Acme-Signature", f"{blanks}{mark}{blanks}".join(items))
    assert verdict(it, spaced, SECRET) is None


def test_the_header_of_stripe_may_have_a_blank_after_the_comma() -> None:
    it = compiled("stripe")
    sent = signed(it, SECRET, BODY)
    header = sent.headers["Stripe-Signature"].replace(",", ", ")
    assert verdict(it, sent.with_header("Stripe-Signature", header), SECRET) is None


RFC_3339 = compiled(
    {
        "header": "X-A",
        "signed": "{timestamp}.{body}",
        "timestamp": {"header": "X-Time", "unit": "rfc3339"},
    }
)


@pytest.mark.parametrize(
    ("written", "outcome"),
    [
        ("2023-11-14T22:13:20Z", None),
        ("2023-11-14T22:13:20.123456789Z", None),
        ("2023-11-14T23:13:20+01:00", None),
        ("2023-11-14T22:18:20Z", None),
        ("2023-11-14T22:18:21Z", "timestamp-outside"),
        ("2023-11-14T22:13:20+01:00", "timestamp-outside"),
        ("0001-01-01T00:00:00+23:59", "timestamp-outside"),
        ("9999-12-31T23:59:59-23:59", "timestamp-outside"),
        ("2023-11-14T22:13:20", "timestamp-malformed"),
        ("2023-11-14 22:13:20Z", "timestamp-malformed"),
        ("2023-11-14T22:13:60Z", "timestamp-malformed"),
        ("2023-02-30T22:13:20Z", "timestamp-malformed"),
        ("2023-11-14", "timestamp-malformed"),
        ("2023-W46-2T22:13:20Z", "timestamp-malformed"),
        ("1700000000", "timestamp-malformed"),
    ],
)
def test_a_timestamp_of_iso_8601_holds_within_the_tolerance(
    written: str, outcome: str | None
) -> None:
    mac = hmac.digest(SECRET.encode(), written.encode() + b"." + BODY, "sha256").hex()
    assert verdict(RFC_3339, Sent({"X-A": mac, "X-Time": written}, BODY), SECRET) == outcome


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (b'"2023-11-14T22:13:20Z"', None),
        (b'"2023-11-14T23:13:20Z"', "timestamp-outside"),
        (b"1700000000", "timestamp-malformed"),
        (b'"\\u0662023-11-14"', "timestamp-malformed"),
        (b"null", "timestamp-malformed"),
    ],
)
def test_a_timestamp_of_iso_8601_may_stand_in_the_body(value: bytes, outcome: str | None) -> None:
    it = compiled(
        {"header": "X-A", "signed": "{body}", "timestamp": {"body": "/at", "unit": "rfc3339"}}
    )
    assert it.signer.body_timestamp(NOW) == (("at",), "2023-11-14T22:13:20Z")
    assert verdict(it, signed(it, SECRET, b'{"at":' + value + b"}"), SECRET) == outcome


def test_a_pointer_reaches_into_objects_and_arrays() -> None:
    scheme = compiled(
        {"header": "X-A", "signed": "{body}", "timestamp": {"body": "/events/1/a~1b~0"}}
    )
    sent = signed(scheme, SECRET, b'{"events":[{},{"a/b~":1700000000}]}')
    assert verdict(scheme, sent, SECRET) is None
    assert verdict(scheme, sent, SECRET, now=NOW + 301) == "timestamp-outside"
    none = signed(scheme, SECRET, b'{"events":[{}]}')
    assert verdict(scheme, none, SECRET) == "timestamp-missing"


def test_a_signer_learns_what_the_body_must_carry() -> None:
    assert compiled("linear").signer.body_timestamp(NOW) == (
        ("webhookTimestamp",),
        1_700_000_000_000,
    )
    assert compiled("stripe").signer.body_timestamp(NOW) is None
    assert compiled("github").signer.body_timestamp(NOW) is None


def test_the_method_and_the_path_that_are_signed_are_those_of_the_request() -> None:
    it = compiled({"header": "X-A", "signed": "{method} {path}\n{body}"})
    sent = signed(it, SECRET, BODY, method="PUT", query=b"a=1")
    expected = hmac.digest(SECRET.encode(), b"PUT /hooks/x\n" + BODY, "sha256").hex()
    assert sent.headers["X-A"] == expected
    assert verdict(it, sent, SECRET) is None
    assert verdict(it, sent._replace(query=b"a=2"), SECRET) is None
    assert verdict(it, sent._replace(method="POST"), SECRET) == "signature-wrong"
    assert verdict(it, sent._replace(path="/hooks/y"), SECRET) == "signature-wrong"
    assert verdict(it, sent._replace(path="/hooks/%78"), SECRET) == "signature-wrong"


def test_the_path_that_is_signed_is_that_of_the_public_url_where_it_has_one() -> None:
    scheme = {"header": "X-A", "signed": "{path}{body}"}
    sent = signed(compiled(scheme, public_url=f"{TWILIO}/called/this%20way"), SECRET, BODY)
    message = b"/called/this%20way" + BODY
    assert sent.headers["X-A"] == hmac.digest(SECRET.encode(), message, "sha256").hex()
    for url in (TWILIO, f"{TWILIO}/"):
        ours = signed(compiled(scheme, public_url=url), SECRET, BODY)
        assert verdict(compiled(scheme), ours, SECRET) is None


TWILIO = "https://hooks.example.com"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("url", "called"),
    [
        (TWILIO, f"{TWILIO}/hooks/x?a=1"),
        (f"{TWILIO}/", f"{TWILIO}/hooks/x?a=1"),
        (f"{TWILIO}:443", f"{TWILIO}/hooks/x?a=1"),
        (f"{TWILIO}/sms", f"{TWILIO}/sms?a=1"),
    ],
)
def test_the_signed_url_is_the_public_one_with_the_query_received(url: str, called: str) -> None:
    whole, query = called.split("?")
    signing = compiled("twilio", public_url=whole)
    sent = signed(signing, SECRET, b"a=b", query=query.encode(), content_type=FORM)
    assert verdict(compiled("twilio", public_url=url), sent, SECRET) is None
    elsewhere = sent.with_header("Host", "hooks.example.com")
    other = compiled("twilio", public_url="https://other.example.com")
    assert verdict(other, elsewhere, SECRET) == "signature-wrong"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"a=b", "text/plain"),
        (b"a=b", ""),
        (b"a=\xff", FORM),
        (b"a=%ff", FORM),
        (b"a", FORM),
        (b"a=b&" * 1001, FORM),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_a_body_that_twilio_did_not_sign_is_refused(body: bytes, content_type: str) -> None:
    scheme = compiled("twilio", public_url=TWILIO)
    unsigned = signed(scheme, SECRET, b"")
    sent = unsigned._replace(body=body).with_header("content-type", content_type)
    assert verdict(scheme, sent, SECRET) == "body-unsigned"
    with pytest.raises(CannotSign, match="bodySHA256"):
        signed(scheme, SECRET, body, content_type=content_type)


def test_two_digests_of_the_body_are_no_digest() -> None:
    scheme = compiled("twilio", public_url=TWILIO)
    digest = b"bodySHA256=44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    one = signed(scheme, SECRET, b"{}", query=digest)
    assert verdict(scheme, one, SECRET) is None
    with pytest.raises(CannotSign):
        signed(scheme, SECRET, b"{}", query=digest + b"&" + digest)


MISTAKES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"signed": "v0"}, {}, "the body must be signed"),
    ({"signed": "{url}"}, {"public_url": TWILIO}, "the body must be signed"),
    ({"signed": "{body}{form}"}, {}, "the body must be signed"),
    ({"signed": "{timestamp}.{body}"}, {}, "{timestamp} is signed"),
    ({"signed": "{id}.{body}"}, {}, "{id} is signed"),
    ({"timestamp": {"header": "X-T"}}, {}, "'timestamp' is sent but not signed"),
    ({"id": {"header": "X-I"}}, {}, "'id' is sent but not signed"),
    ({"signed": "{timestamp}.{body}", "timestamp": {"body": "/t"}}, {}, "{timestamp} is signed"),
    ({"signed": "{id}{body}", "id": {"header": "X-I"}}, {}, "{id} needs text"),
    (
        {
            "signed": "{id}{timestamp}{body}",
            "id": {"header": "X-I"},
            "timestamp": {"header": "X-T"},
        },
        {},
        "{id} needs text",
    ),
    (
        {"id": {"body": "/id"}, "signed": "{id}.{body}"},
        {},
        "in the header, but 'id' is in the body",
    ),
    ({"id": {"body": "/id"}}, {}, "in the header, but 'id' is in the body"),
    ({"signed": "{body}{id}", "id": {"header": "X-I"}}, {}, "{id} needs text"),
    (
        {"signed": "{id}.{id}.{body}", "id": {"header": "X-I"}},
        {},
        "a placeholder appears twice",
    ),
    ({"signed": "{id}.{body}", "id": {"header": "x-a"}}, {}, "need separate headers"),
    ({"format": "prefix"}, {}, "'format: prefix' needs 'prefix'"),
    ({"format": "pairs"}, {}, "'format: pairs' needs 'pair'"),
    ({"prefix": "a="}, {}, "'format: raw' has no 'prefix'"),
    ({"format": "pairs", "pair": "v1", "prefix": "a"}, {}, "'format: pairs' has no 'prefix'"),
    ({"separator": ","}, {}, "'format: raw' has no separator"),
    ({"format": "list", "prefix": "v1,"}, {}, "'prefix' contains the separator"),
    (
        {"signed": "{timestamp}{body}", "timestamp": {"pair": "t"}},
        {},
        "'format: raw' has no pairs",
    ),
    (
        {
            "format": "pairs",
            "pair": "t",
            "signed": "{timestamp}{body}",
            "timestamp": {"pair": "t"},
        },
        {},
        "'t' is already the signature's pair",
    ),
    ({"key": "whpk"}, {}, "'algorithm: hmac' does not accept 'key: whpk'"),
    ({"algorithm": "ed25519"}, {}, "'algorithm: ed25519' does not accept 'key: utf8'"),
    (
        {"algorithm": "ecdsa-p256", "key": "spki", "digest": "sha256"},
        {},
        "'algorithm: ecdsa-p256' has its own digest",
    ),
    (
        {"algorithm": "rsa-sha256", "key": "hex"},
        {},
        "'algorithm: rsa-sha256' does not accept 'key: hex'",
    ),
    ({"also": [{"key": "spki"}]}, {}, "'algorithm: hmac' does not accept 'key: spki'"),
    ({"signed": "{url}{body}"}, {}, "the hook has no `public_url`"),
    ({}, {"public_url": TWILIO}, "the sender does not sign the URL"),
    ({"signed": "{url}{body}"}, {"public_url": f"{TWILIO}:99999"}, "cannot be called"),
    ({}, {"tolerance": "5m"}, "signs no timestamp"),
    ({"timestamp": {"body": "/t"}}, {"tolerance": "500ms"}, "would refuse every request"),
]


@pytest.mark.parametrize(("scheme", "written", "sentence"), MISTAKES)
def test_a_scheme_that_would_protect_nothing_is_refused_in_words(
    scheme: dict[str, Any], written: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(BadScheme, match=re.escape(sentence)):
        compiled({"header": "X-A", "signed": "{body}"} | scheme, **written)


IN_BODY: list[tuple[dict[str, Any], str]] = [
    ({"signed": "{timestamp}{body}"}, "signs a timestamp and not the body"),
    ({"signed": "{timestamp}{form}"}, "signs a timestamp and not the body"),
    ({"signed": "{id}", "timestamp": UNSET}, "signs a timestamp and not the body"),
    ({"signed": "v0", "timestamp": UNSET, "id": UNSET}, "signs a timestamp and not the body"),
    ({"timestamp": {"header": "X-T"}}, "in the body, but 'timestamp' is in the header"),
    ({"id": {"header": "X-I"}}, "in the body, but 'id' is in the header"),
    ({"id": {"body": "/signature"}}, "need separate places in the body"),
    ({"id": UNSET}, "{id} is signed, but the scheme does not say where it is sent"),
    ({"signed": "{timestamp}"}, "'id' is sent but not signed"),
]


@pytest.mark.parametrize(("changed", "sentence"), IN_BODY)
def test_a_scheme_in_the_body_that_would_protect_nothing_is_refused_in_words(
    changed: dict[str, Any], sentence: str
) -> None:
    whole = {
        "body": "/signature",
        "signed": "{timestamp}{id}",
        "timestamp": {"body": "/timestamp"},
        "id": {"body": "/token"},
    }
    scheme = {name: part for name, part in (whole | changed).items() if part is not UNSET}
    with pytest.raises(BadScheme, match=re.escape(sentence)):
        compiled(scheme)


def test_every_form_of_key_is_one_that_validation_knows() -> None:
    assert KEY_FORMS["hmac"] == tuple(SHARED)
    assert KEY_FORMS["ed25519"] == tuple(PUBLIC)
    assert set(KEY_FORMS["ecdsa-p256"]) <= set(PUBLIC)
    assert set(KEY_FORMS["rsa-sha256"]) <= set(PUBLIC)
    assert set(KEY_FORMS) == set(ALGORITHMS)


@pytest.mark.parametrize(
    "written",
    [
        {"scheme": "nobody"},
        {"scheme": {"header": "X-A"}},
        {"scheme": {"signed": "{body}"}},
        {"scheme": {"header": "X-A", "body": "/a", "signed": "{body}"}},
        {"scheme": {"header": "X-A", "signed": "{body}", "format": "prefix", "prefix": " a"}},
        {"scheme": {"header": "X-A", "signed": "{id}.{body}", "id": {}}},
        {"scheme": {"header": "X-A", "signed": "{nothing}"}},
        {"scheme": {"header": "X-A", "signed": "{body"}},
        {"scheme": {"header": "X-A", "signed": "{body}", "timestamp": {}}},
        {
            "scheme": {
                "header": "X-A",
                "signed": "{body}",
                "timestamp": {"header": "A", "pair": "b"},
            }
        },
        {"scheme": {"header": "X-A", "signed": "{body}", "also": []}},
        {"secrets": []},
        {"secrets": [{"secret": "a", "env": "B"}]},
        {"public_url": "https://user:password@hooks.example.com"},
        {"public_url": "https://hooks.example.com/?a=b"},
        {"public_url": "hooks.example.com"},
        {"trust_unsigned": []},
        {"secret": "in-clear"},
    ],
)
def test_what_the_grammar_has_no_word_for_is_refused(written: dict[str, Any]) -> None:
    hook = {"type": "signature", "scheme": "github", "secrets": [{"secret": "a"}]} | written
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(hook, SignatureAuthentication)
