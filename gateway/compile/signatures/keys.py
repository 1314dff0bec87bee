"""From the text of a secret to the key that an algorithm takes."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    load_der_public_key,
    load_pem_public_key,
)

from gateway.compile.signatures.encodings import from_base64, from_hex
from gateway.compile.signatures.outcomes import BadSecret

SHARED_PREFIX = b"whsec_"
PUBLIC_PREFIX = b"whpk_"
PRIVATE_PREFIX = b"whsk_"
_PEM = b"-----BEGIN "


def utf8(secret: bytes) -> bytes:
    """The bytes as they are. A public key is refused: whoever knows it could sign."""
    if secret.startswith((_PEM, PUBLIC_PREFIX, PRIVATE_PREFIX)):
        raise BadSecret(
            "the secret is a public or private key; this scheme requires a shared secret"
        )
    return secret


def base64(secret: bytes) -> bytes:
    """Base64; its padding may be left out, as some senders show their secrets."""
    key = _decode(secret)
    if key is None:
        raise BadSecret("the secret is not base64")
    return key


def hexadecimal(secret: bytes) -> bytes:
    """Hex digits in either case."""
    key = from_hex(secret.lower())
    if key is None:
        raise BadSecret("the secret is not hex")
    return key


def whsec(secret: bytes) -> bytes:
    """`whsec_` and base64 (Standard Webhooks). The prefix tells it from a public key."""
    return _after(SHARED_PREFIX, secret)


def whpk(secret: bytes) -> Ed25519PublicKey:
    """`whpk_` and the base64 of 32 bytes (Standard Webhooks)."""
    return _ed25519(_after(PUBLIC_PREFIX, secret))


def raw_base64(secret: bytes) -> Ed25519PublicKey:
    """The base64 of an Ed25519 public key's 32 bytes."""
    return _ed25519(base64(secret))


def raw_hex(secret: bytes) -> Ed25519PublicKey:
    """The hex digits of an Ed25519 public key's 32 bytes."""
    return _ed25519(hexadecimal(secret))


def spki(secret: bytes) -> PublicKeyTypes:
    """A public key: PEM, or the base64 of its DER form (SubjectPublicKeyInfo, RFC 5280)."""
    try:
        if secret.startswith(_PEM):
            return load_pem_public_key(secret)
        return load_der_public_key(base64(secret))
    except (ValueError, UnsupportedAlgorithm):
        raise BadSecret("the secret is not a public key in PEM form or in base64 of DER") from None


def _ed25519(key: bytes) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(key)
    except ValueError:
        raise BadSecret("the secret is not an Ed25519 public key") from None


def _after(prefix: bytes, secret: bytes) -> bytes:
    if not secret.startswith(prefix):
        raise BadSecret(f"the secret does not start with '{prefix.decode()}'")
    key = _decode(secret[len(prefix) :])
    if key is None:
        raise BadSecret(f"the text after '{prefix.decode()}' is not base64")
    return key


def _decode(text: bytes) -> bytes | None:
    digits = text.rstrip(b"=")
    return from_base64(digits + b"=" * (-len(digits) % 4))


SHARED: dict[str, Callable[[bytes], bytes]] = {
    "utf8": utf8,
    "base64": base64,
    "hex": hexadecimal,
    "whsec": whsec,
}
PUBLIC: dict[str, Callable[[bytes], PublicKeyTypes]] = {
    "whpk": whpk,
    "spki": spki,
    "base64": raw_base64,
    "hex": raw_hex,
}
