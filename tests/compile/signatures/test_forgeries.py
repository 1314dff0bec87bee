"""Whatever is changed after signing is refused, and nothing that is sent can raise."""

from __future__ import annotations

import base64
from typing import get_args

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from gateway.compile.signatures import CompiledScheme, Outcome
from gateway.language.senders import PRESETS
from gateway.language.spec.signature import Preset
from tests.compile.signatures.requests import NOW, Sent, compiled, signed, verdict, verdict_on_raw
from tests.support.thorough import cases

SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"webhookTimestamp":1700000000000,"amount":100}'
FORM = b"From=%2B14158675309&Body=hello"
OUTCOMES = get_args(Outcome)


def _compiled(preset: Preset) -> CompiledScheme:
    signs_url = "{url}" in PRESETS[preset].scheme.signed
    return compiled(preset, **({"public_url": "https://hooks.example.com"} if signs_url else {}))


def _pair(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> tuple[str, str]:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode(), base64.b64encode(public).decode()


def _ed25519() -> tuple[str, str]:
    private = Ed25519PrivateKey.generate()
    seed = base64.b64encode(private.private_bytes_raw()).decode()
    return f"whsk_{seed}", private.public_key().public_bytes_raw().hex()


PAIRS = {
    "ecdsa-p256": _pair(ec.generate_private_key(ec.SECP256R1())),
    "rsa-sha256": _pair(rsa.generate_private_key(65537, 2048)),
    "ed25519": _ed25519(),
}
SCHEMES = {preset: _compiled(preset) for preset in PRESETS}


def _secrets(preset: Preset) -> tuple[str, str]:
    """What signs, and what verifies."""
    scheme = PRESETS[preset].scheme
    shared = SHARED.removeprefix("whsec_") if scheme.key == "base64" else SHARED
    return PAIRS.get(scheme.algorithm, (shared, shared))


def _signed(preset: Preset) -> Sent:
    twilio = preset == "twilio"
    kind = "application/x-www-form-urlencoded" if twilio else "application/json"
    body = FORM if twilio else BODY
    return signed(SCHEMES[preset], _secrets(preset)[0], body, content_type=kind)


SIGNED = {preset: _signed(preset) for preset in PRESETS}
presets = st.sampled_from(sorted(PRESETS))
in_headers = st.sampled_from(sorted(p for p in PRESETS if PRESETS[p].scheme.body is UNSET))


def _flipped(value: bytes, bit: int) -> bytes:
    place, mask = divmod(bit % (8 * len(value)), 8)
    return value[:place] + bytes([value[place] ^ (1 << mask)]) + value[place + 1 :]


def test_what_every_preset_signs_it_verifies() -> None:
    for preset, sent in SIGNED.items():
        assert verdict(SCHEMES[preset], sent, _secrets(preset)[1]) is None, preset


@given(preset=in_headers, bit=st.integers(0, 10_000))
@settings(max_examples=cases(400), deadline=None)
def test_any_flipped_bit_of_the_body_is_refused(preset: Preset, bit: int) -> None:
    sent = SIGNED[preset]
    forged = sent._replace(body=_flipped(sent.body, bit))
    if preset == "twilio" and _same_form(forged.body):
        return
    assert verdict(SCHEMES[preset], forged, _secrets(preset)[1]) in OUTCOMES


def _same_form(body: bytes) -> bool:
    """Twilio signs decoded names and values: %2B and %2b are the same body to it."""
    return body.lower() == FORM.lower() and body.replace(b"%2b", b"%2B") == FORM


@given(preset=in_headers, header=st.integers(0, 3), bit=st.integers(0, 10_000))
@settings(max_examples=cases(800), deadline=None)
def test_any_flipped_bit_of_signature_timestamp_or_id_is_refused(
    preset: Preset, header: int, bit: int
) -> None:
    sent = SIGNED[preset]
    names = [name for name in sent.headers if name != "content-type"]
    name = names[header % len(names)]
    headers = [
        (field.lower().encode(), _flipped(value.encode(), bit) if field == name else value.encode())
        for field, value in sent.headers.items()
    ]
    outcome = verdict_on_raw(SCHEMES[preset], headers, sent, _secrets(preset)[1:])
    assert outcome in OUTCOMES


@given(bit=st.integers(0, 10_000))
@settings(deadline=None)
def test_any_flipped_bit_of_a_signed_url_is_refused(bit: int) -> None:
    scheme = SCHEMES["twilio"]
    kind = "application/x-www-form-urlencoded"
    sent = signed(scheme, SHARED, FORM, query=b"tenant=paris", content_type=kind)
    assert verdict(scheme, sent._replace(query=_flipped(sent.query, bit)), SHARED) in OUTCOMES


@given(
    preset=presets,
    values=st.lists(st.binary(max_size=80), min_size=3, max_size=3),
    body=st.binary(max_size=200),
    query=st.binary(max_size=40),
    path=st.text(max_size=20),
)
@settings(max_examples=cases(1500), deadline=None)
def test_no_bytes_at_all_raise_or_are_verified(
    preset: Preset, values: list[bytes], body: bytes, query: bytes, path: str
) -> None:
    names = [name for name in SIGNED[preset].headers if name != "content-type"]
    headers = [(n.lower().encode(), v) for n, v in zip(names, values, strict=False)]
    headers.append((b"content-type", b"application/x-www-form-urlencoded"))
    sent = Sent({}, body, query, path)
    assert verdict_on_raw(SCHEMES[preset], headers, sent, _secrets(preset)[1:]) in OUTCOMES


@given(secret=st.binary(max_size=120), preset=presets)
@settings(max_examples=cases(500), deadline=None)
def test_a_secret_that_is_not_the_one_verifies_nothing(secret: bytes, preset: Preset) -> None:
    scheme = SCHEMES[preset]
    try:
        key = scheme.verifier.prepare_key(secret)
    except ValueError:
        return
    sent = SIGNED[preset]
    headers = [(name.lower().encode(), value.encode()) for name, value in sent.headers.items()]
    outcome = scheme.verifier.verify(
        headers=headers,
        body=sent.body,
        query_string=sent.query,
        path=sent.path,
        keys=[key],
        now=NOW,
    )
    assert outcome == "signature-wrong"
