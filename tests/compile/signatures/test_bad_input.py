"""What callers may send instead of a signature: each is refused, with a reason for the log."""

from __future__ import annotations

import pytest

from tests.compile.signatures.requests import (
    NOW,
    Sent,
    compiled,
    raw,
    signed,
    verdict,
    verdict_on_raw,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"webhookTimestamp":1700000000000}'
WITH_SEVERAL = ("standard-webhooks", "stripe", "pagerduty", "paddle")
SIGNATURE = {
    "standard-webhooks": "webhook-signature",
    "github": "X-Hub-Signature-256",
    "stripe": "Stripe-Signature",
    "slack": "X-Slack-Signature",
    "paddle": "Paddle-Signature",
    "pagerduty": "X-PagerDuty-Signature",
    "shopify": "X-Shopify-Hmac-Sha256",
    "linear": "Linear-Signature",
}
schemes = pytest.mark.parametrize("preset", sorted(SIGNATURE))


def _sent(preset: str) -> Sent:
    return signed(compiled(preset), SECRET, BODY)


@schemes
@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("", "signature-missing"),
        ("A" * 65_536, "signature-too-long"),
        ("v1=," * 10_000, "signature-too-long"),
        ("not a signature", "signature-malformed"),
        ("¿", "signature-malformed"),
        ("v1,¿¿¿¿", "signature-malformed"),
        ("sha256=" + "g" * 64, "signature-malformed"),
        ("v1," + "!" * 44, "signature-malformed"),
    ],
)
def test_a_header_that_is_no_signature_is_refused(preset: str, value: str, outcome: str) -> None:
    scheme, sent = compiled(preset), _sent(preset)
    found = verdict(scheme, sent.with_header(SIGNATURE[preset], value), SECRET)
    in_pair = preset in ("stripe", "paddle") and outcome == "signature-malformed"
    assert found == ("timestamp-missing" if in_pair else outcome)


@schemes
def test_a_missing_signature_is_refused(preset: str) -> None:
    sent = _sent(preset)
    headers = {name: v for name, v in sent.headers.items() if name != SIGNATURE[preset]}
    assert verdict(compiled(preset), sent._replace(headers=headers), SECRET) == "signature-missing"


@schemes
def test_a_repeated_signature_header_is_refused_even_when_both_hold(preset: str) -> None:
    sent = _sent(preset)
    name = SIGNATURE[preset]
    headers = [*raw(sent.headers), *raw({name: sent.headers[name]})]
    assert verdict_on_raw(compiled(preset), headers, sent, [SECRET]) == "signature-repeated"


LISTS = ("paddle", "pagerduty", "standard-webhooks", "stripe")


@schemes
@pytest.mark.parametrize("around", ["{}\n", "{} ", " {}", "{}\x00", "{}="])
def test_a_signature_with_anything_around_it_is_refused(preset: str, around: str) -> None:
    sent = _sent(preset)
    name = SIGNATURE[preset]
    changed = sent.with_header(name, around.format(sent.headers[name]))
    found = verdict(compiled(preset), changed, SECRET)
    if preset in LISTS and around in ("{} ", " {}"):
        assert found is None, "blanks around the items of a list are optional (RFC 9110)"
    else:
        assert found in ("signature-malformed", "timestamp-missing")


@schemes
def test_upper_case_hex_and_other_texts_for_the_same_bytes_are_refused(preset: str) -> None:
    sent = _sent(preset)
    name = SIGNATURE[preset]
    mark, _, text = sent.headers[name].rpartition("," if preset == "standard-webhooks" else "=")
    if preset in ("shopify", "standard-webhooks"):
        changed = sent.headers[name].rstrip("=")
    else:
        changed = f"{mark}={text.upper()}" if mark else text.upper()
    assert changed != sent.headers[name]
    assert verdict(compiled(preset), sent.with_header(name, changed), SECRET) is not None


@pytest.mark.parametrize("preset", WITH_SEVERAL)
def test_malformed_items_are_skipped_and_the_good_one_counts(preset: str) -> None:
    sent = _sent(preset)
    name = SIGNATURE[preset]
    separator = {"standard-webhooks": " ", "paddle": ";"}.get(preset, ",")
    items = ["v1", "v1,=", "h1=xyz", "v1=" + "0" * 64, "¿"]
    items += sent.headers[name].split(separator)
    changed = sent.with_header(name, separator.join(items))
    assert verdict(compiled(preset), changed, SECRET) is None


@pytest.mark.parametrize("preset", WITH_SEVERAL)
def test_only_the_first_sixteen_items_are_looked_at(preset: str) -> None:
    sent = _sent(preset)
    name = SIGNATURE[preset]
    separator = {"standard-webhooks": " ", "paddle": ";"}.get(preset, ",")
    good = sent.headers[name].split(separator)
    for fill, verified in ((16 - len(good), True), (16, False)):
        changed = sent.with_header(name, separator.join(["x=y"] * fill + good))
        assert (verdict(compiled(preset), changed, SECRET) is None) is verified


TIMESTAMPS = {
    "standard-webhooks": "webhook-timestamp",
    "slack": "X-Slack-Request-Timestamp",
    "webflow": "x-webflow-timestamp",
    "zoom": "x-zm-request-timestamp",
}


@pytest.mark.parametrize("preset", sorted(TIMESTAMPS))
@pytest.mark.parametrize(
    "text",
    [
        "-1700000000",
        "+1700000000",
        "1700000000.0",
        "1e9",
        "1" + "0" * 30,
        " 1700000000",
        "1700000000\n",
        "1_700_000_000",
        "0x65",
        "NaN",
        "\u0661\u0667",
        "\u00b2",
    ],
)
def test_a_timestamp_that_is_not_plain_digits_is_refused(preset: str, text: str) -> None:
    sent = signed(compiled(preset), SECRET, BODY)
    headers = dict(raw(sent.headers))
    headers[TIMESTAMPS[preset].lower().encode()] = text.encode()
    found = verdict_on_raw(compiled(preset), list(headers.items()), sent, [SECRET])
    assert found == "timestamp-malformed"


@pytest.mark.parametrize("preset", [*sorted(TIMESTAMPS), "stripe", "paddle", "svix"])
def test_a_timestamp_may_be_off_by_the_tolerance_and_not_by_a_second_more(preset: str) -> None:
    scheme = compiled(preset)
    sent = signed(scheme, SECRET, BODY)
    for off in (-300, 0, 300):
        assert verdict(scheme, sent, SECRET, now=NOW + off) is None
    for off in (-301, 301, 10**9, -(10**9)):
        assert verdict(scheme, sent, SECRET, now=NOW + off) == "timestamp-outside"


def test_the_tolerance_that_an_author_writes_counts_in_both_directions() -> None:
    scheme = compiled("stripe", tolerance="10s")
    sent = signed(scheme, SECRET, BODY)
    assert verdict(scheme, sent, SECRET, now=NOW + 10) is None
    assert verdict(scheme, sent, SECRET, now=NOW - 10) is None
    assert verdict(scheme, sent, SECRET, now=NOW + 11) == "timestamp-outside"
    assert verdict(scheme, sent, SECRET, now=NOW - 11) == "timestamp-outside"


@pytest.mark.parametrize("preset", ["stripe", "paddle"])
def test_two_timestamps_in_one_header_are_refused(preset: str) -> None:
    sent = _sent(preset)
    name = SIGNATURE[preset]
    first = sent.headers[name]
    separator = ";" if preset == "paddle" else ","
    changed = sent.with_header(name, separator.join([first, first.split(separator)[0]]))
    assert verdict(compiled(preset), changed, SECRET) == "timestamp-repeated"


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b'{"webhookTimestamp":1700000000000}', None),
        (b'{"webhookTimestamp":1700000060000}', None),
        (b'{"webhookTimestamp":1700000061000}', "timestamp-outside"),
        (b'{"webhookTimestamp":1699999939000}', "timestamp-outside"),
        (b'{"webhookTimestamp":-1700000000000}', "timestamp-outside"),
        (b'{"webhookTimestamp":1' + b"0" * 30 + b"}", "timestamp-outside"),
        (b'{"webhookTimestamp":1' + b"0" * 400 + b"}", "timestamp-outside"),
        (b'{"webhookTimestamp":1' + b"0" * 9000 + b"}", "timestamp-missing"),
        (b'{"webhookTimestamp":1700000000000.0}', "timestamp-malformed"),
        (b'{"webhookTimestamp":"1700000000000"}', "timestamp-malformed"),
        (b'{"webhookTimestamp":true}', "timestamp-malformed"),
        (b'{"other":1700000000000}', "timestamp-missing"),
        (b"[1700000000000]", "timestamp-missing"),
        (b"", "timestamp-missing"),
        (b"\xff", "timestamp-missing"),
        (b"[" * 100_000, "timestamp-missing"),
    ],
)
def test_a_timestamp_in_the_body_is_read_once_the_signature_holds(
    body: bytes, outcome: str | None
) -> None:
    scheme = compiled("linear")
    sent = signed(scheme, SECRET, body)
    assert verdict(scheme, sent, SECRET) == outcome
    assert verdict(scheme, sent, "another secret") == "signature-wrong"


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (None, "id-missing"),
        ("", "id-missing"),
        ("msg_1.2", "id-malformed"),
        ("msg 1", "id-malformed"),
        ("m" * 256, "id-malformed"),
        ("msg_é", "id-malformed"),
        ("msg_2", "signature-wrong"),
    ],
)
def test_an_id_cannot_be_left_out_changed_or_stretched_over_its_separator(
    value: str | None, outcome: str
) -> None:
    sent = _sent("standard-webhooks")
    headers = {name: v for name, v in sent.headers.items() if name != "webhook-id"}
    if value is not None:
        headers["webhook-id"] = value
    found = verdict(compiled("standard-webhooks"), sent._replace(headers=headers), SECRET)
    assert found == outcome


def test_no_keys_verify_nothing() -> None:
    assert verdict(compiled("github"), _sent("github")) == "signature-wrong"
