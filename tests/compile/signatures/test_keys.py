"""Secrets become keys, or take the hook out of service with a sentence that holds no secret."""

from __future__ import annotations

import base64
import hmac
import pickle

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.compile.signatures import BadSecret, CannotSign
from gateway.compile.signatures.keys import SHARED as SHARED_FORMS
from tests.compile.signatures.requests import NOW, Sent, compiled, signed, verdict

SHARED = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"WEBHOOKASYMMETRICTESTPRIVATEKEY1")
SEED = base64.b64encode(PRIVATE.private_bytes_raw()).decode()
PUBLIC_BYTES = PRIVATE.public_key().public_bytes_raw()
PUBLIC = "whpk_" + base64.b64encode(PUBLIC_BYTES).decode()


def _pem(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


P256 = ec.generate_private_key(ec.SECP256R1())
P256_PEM = _pem(P256.public_key())


@pytest.mark.parametrize(
    ("scheme", "secret", "sentence"),
    [
        ("github", "", "the secret is empty"),
        ("github", "seven77", "a key of 7 bytes; the scheme requires at least 8"),
        ("github", P256_PEM, "the secret is a public or private key; "),
        ("github", PUBLIC, "the secret is a public or private key; "),
        ("svix", "", "the secret is empty"),
        ("svix", "whsec_", "a key of 0 bytes; the scheme requires at least 24"),
        ("svix", "whsec_c2hvcnQ=", "a key of 5 bytes; the scheme requires at least 24"),
        ("svix", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "the secret does not start with 'whsec_'"),
        ("svix", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La!!Sw", "the text after 'whsec_' is not base64"),
        ("svix", SHARED + "\n", "the text after 'whsec_' is not base64"),
        ("svix", "whpk_c2hvcnQ=", "the secret is not an Ed25519 public key"),
        ("svix", "whpk_?", "the text after 'whpk_' is not base64"),
        ("svix", "whsk_" + SEED, "the secret does not start with 'whsec_'"),
        ("gitlab", PUBLIC, "the secret does not start with 'whsec_'"),
        ("sendgrid", "no key at all", "the secret is not a public key in PEM form or"),
        ("sendgrid", "c2hvcnQ=", "the secret is not a public key in PEM form or"),
        ("sendgrid", "-----BEGIN PUBLIC KEY-----", "the secret is not a public key in PEM"),
        ("sendgrid", _pem(rsa.generate_private_key(65537, 2048).public_key()), "another algorithm"),
        ("sendgrid", _pem(ec.generate_private_key(ec.SECP384R1()).public_key()), "another algo"),
    ],
)
def test_a_secret_that_cannot_be_a_key_is_refused_in_words(
    scheme: str, secret: str, sentence: str
) -> None:
    with pytest.raises(BadSecret) as refused:
        compiled(scheme).verifier.prepare_key(secret.encode())
    assert sentence in str(refused.value)
    assert len(secret) < 8 or secret[-20:].strip() not in str(refused.value)


HEX = {"header": "X-A", "signed": "{body}", "key": "hex"}
ED25519_HEX = {**HEX, "algorithm": "ed25519"}
RSA = {
    "header": "X-A",
    "signed": "{body}",
    "algorithm": "rsa-sha256",
    "encoding": "base64",
    "key": "spki",
}
RSA_KEY = rsa.generate_private_key(65537, 2048)
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 - it must be refused


@pytest.mark.parametrize(
    ("scheme", "secret", "sentence"),
    [
        (HEX, "0123456789abcde", "the secret is not hex"),
        (HEX, "0123456789abcdefg0", "the secret is not hex"),
        (HEX, "01 23456789abcdef", "the secret is not hex"),
        (HEX, "0123456789ab", "a key of 6 bytes; the scheme requires at least 8"),
        (ED25519_HEX, "ab" * 31, "the secret is not an Ed25519 public key"),
        (ED25519_HEX, PUBLIC, "the secret is not hex"),
        (RSA, P256_PEM, "the secret is a public key of another algorithm than RSA"),
        (RSA, "c2hvcnQ=", "the secret is not a public key in PEM form or"),
        (
            RSA,
            _pem(WEAK.public_key()),
            "an RSA key of 1024 bits; the scheme requires 2048 to 8192",
        ),
    ],
)
def test_a_secret_of_another_form_is_refused_in_words(
    scheme: dict[str, str], secret: str, sentence: str
) -> None:
    with pytest.raises(BadSecret) as refused:
        compiled(scheme).verifier.prepare_key(secret.encode())
    assert sentence in str(refused.value)


def test_hex_secrets_are_decoded_in_either_case() -> None:
    sent = signed(compiled(HEX), "0123456789abcdef", b"{}")
    assert (
        sent.headers["X-A"] == hmac.digest(bytes.fromhex("0123456789abcdef"), b"{}", "sha256").hex()
    )
    assert verdict(compiled(HEX), sent, "0123456789ABCDEF") is None


@pytest.mark.parametrize("form", ["hex", "base64"])
def test_an_ed25519_key_is_taken_as_its_bytes(form: str) -> None:
    scheme = compiled({**ED25519_HEX, "key": form})
    sent = signed(scheme, "whsk_" + SEED, b"{}")
    written = PUBLIC_BYTES.hex() if form == "hex" else base64.b64encode(PUBLIC_BYTES).decode()
    assert verdict(scheme, sent, written) is None
    assert verdict(scheme, sent._replace(body=b"[]"), written) == "signature-wrong"


def test_an_rsa_signature_is_verified_with_the_public_key_as_pem_and_as_der() -> None:
    scheme = compiled(RSA)
    private = RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    sent = signed(scheme, private, b"{}")
    assert sent.headers["X-A"] == base64.b64encode(
        RSA_KEY.sign(b"{}", padding.PKCS1v15(), hashes.SHA256())
    ).decode("ascii")
    for written in (_pem(RSA_KEY.public_key()), base64.b64encode(public).decode()):
        assert verdict(scheme, sent, written) is None
        assert verdict(scheme, sent._replace(body=b"[]"), written) == "signature-wrong"
    other = _pem(rsa.generate_private_key(65537, 3072).public_key())
    assert verdict(scheme, sent, other) == "signature-wrong"
    pss = RSA_KEY.sign(b"{}", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    padded = sent.with_header("X-A", base64.b64encode(pss).decode())
    assert verdict(scheme, padded, _pem(RSA_KEY.public_key())) == "signature-wrong"


def test_no_scheme_takes_an_empty_secret() -> None:
    for form in SHARED_FORMS:
        scheme = compiled({"header": "X-A", "signed": "{body}", "key": form, "min_key": 1})
        for secret in (b"", b"whsec_"):
            if form != "utf8" or not secret:
                with pytest.raises(BadSecret):
                    scheme.verifier.prepare_key(secret)


def test_base64_secrets_are_decoded_with_and_without_padding() -> None:
    scheme = compiled({"header": "X-A", "signed": "{body}", "key": "base64"})
    sent = signed(scheme, "c2VjcmV0LWtleS1ieXRlcw==", b"{}")
    assert verdict(scheme, sent, "c2VjcmV0LWtleS1ieXRlcw") is None


def test_a_key_cannot_be_printed_or_serialised() -> None:
    key = compiled("github").verifier.prepare_key(b"canary-secret")
    assert "canary" not in f"{key!r} {key}"
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_an_ed25519_signature_is_verified_beside_shared_secrets() -> None:
    scheme = compiled("standard-webhooks")
    sent = signed(scheme, "whsk_" + SEED, b"{}")
    assert sent.headers["webhook-signature"].startswith("v1a,")
    assert verdict(scheme, sent, SHARED, PUBLIC) is None
    assert verdict(scheme, sent, SHARED) == "signature-wrong"
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    whpk = "whpk_" + base64.b64encode(other).decode()
    assert verdict(scheme, sent, whpk) == "signature-wrong"


def test_any_flipped_bit_of_an_ed25519_signature_is_refused() -> None:
    scheme = compiled("standard-webhooks")
    sent = signed(scheme, "whsk_" + SEED, b"{}")
    text = sent.headers["webhook-signature"].encode()
    for bit in range(8 * len(text)):
        place, mask = divmod(bit, 8)
        flipped = text[:place] + bytes([text[place] ^ (1 << mask)]) + text[place + 1 :]
        changed = sent.with_header("webhook-signature", flipped.decode("latin-1"))
        assert verdict(scheme, changed, PUBLIC) in ("signature-malformed", "signature-wrong")


def test_a_public_key_never_verifies_a_shared_signature_made_with_it() -> None:
    scheme = compiled("standard-webhooks")
    forged = signed(scheme, "whsec_" + PUBLIC.removeprefix("whpk_"), b"{}")
    assert verdict(scheme, forged, PUBLIC) == "signature-wrong"


def test_a_public_key_in_base64_is_not_a_shared_secret_of_the_same_scheme() -> None:
    shared = {"header": "X-A", "signed": "{body}", "encoding": "base64", "key": "base64"}
    both = shared | {"also": [{"algorithm": "ecdsa-p256", "encoding": "base64", "key": "spki"}]}
    public = P256.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    known_to_all = base64.b64encode(public).decode()
    forged = signed(compiled(shared), known_to_all, b"{}")
    assert verdict(compiled(shared), forged, known_to_all) is None
    assert verdict(compiled(both), forged, known_to_all) == "signature-wrong"


def test_one_header_may_carry_signatures_of_both_kinds() -> None:
    scheme = compiled("standard-webhooks")
    shared, public = signed(scheme, SHARED, b"{}"), signed(scheme, "whsk_" + SEED, b"{}")
    both = f"{shared.headers['webhook-signature']} {public.headers['webhook-signature']}"
    sent = shared.with_header("webhook-signature", both)
    assert verdict(scheme, sent, SHARED) is None
    assert verdict(scheme, sent, PUBLIC) is None


def test_sendgrid_keys_are_taken_as_pem_and_as_der() -> None:
    scheme = compiled("sendgrid")
    private = P256.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = P256.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    sent = signed(scheme, private, b"[]")
    assert verdict(scheme, sent, P256_PEM) is None
    assert verdict(scheme, sent, base64.b64encode(public).decode()) is None
    assert verdict(scheme, sent, P256_PEM, now=NOW + 301) == "timestamp-outside"


@pytest.mark.parametrize(("preset", "public"), [("sendgrid", P256_PEM), ("svix", PUBLIC)])
def test_signing_with_a_public_key_says_plainly_that_it_cannot(preset: str, public: str) -> None:
    with pytest.raises(CannotSign, match="only the sender has"):
        signed(compiled(preset), public, b"{}")


def test_several_secrets_and_several_signatures_verify_while_either_side_rotates() -> None:
    scheme = compiled("pagerduty")
    old, new = signed(scheme, "old-secret", b"{}"), signed(scheme, "new-secret", b"{}")
    name = "X-PagerDuty-Signature"
    both = Sent({name: f"{old.headers[name]},{new.headers[name]}"}, b"{}")
    assert verdict(scheme, old, "new-secret", "old-secret") is None
    assert verdict(scheme, new, "old-secret", "new-secret") is None
    assert verdict(scheme, both, "old-secret") is None
    assert verdict(scheme, both, "new-secret") is None
    assert verdict(scheme, old, "new-secret") == "signature-wrong"
