"""Signatures that a public key verifies and only the sender's private key can make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from typing import TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.compile.signatures.encodings import from_base64
from gateway.compile.signatures.keys import PRIVATE_PREFIX, PUBLIC
from gateway.compile.signatures.outcomes import BadSecret, CannotSign
from gateway.language.spec.scheme import Variant

TRIED = 4
"""Signatures of one request that are held against a public key. Each costs as much as hashing the
body, and no sender has more keys than two when it changes them.
"""
LEAST_RSA = 2048
"""Bits (NIST SP 800-131A)."""
MOST_RSA = 8192
"""Bits: what is longer takes too long to verify."""


class Ed25519:
    """Ed25519 (RFC 8032). The key is the sender's public key."""

    public = True
    sizes: Collection[int] = (64,)

    def __init__(self, variant: Variant) -> None:
        self._form = PUBLIC[variant.key]

    def prepare(self, secret: bytes) -> Ed25519PublicKey:
        key = self._form(secret)
        if not isinstance(key, Ed25519PublicKey):
            raise BadSecret("the secret is a public key of another algorithm than Ed25519")
        return key

    def accepts(
        self, key: Ed25519PublicKey, messages: Sequence[bytes], candidates: Sequence[bytes]
    ) -> bool:
        return _any_verifies(key.verify, messages, candidates)

    def signing_key(self, secret: bytes) -> Ed25519PrivateKey:
        key = _private_key(secret)
        if not isinstance(key, Ed25519PrivateKey):
            raise CannotSign("the secret is not an Ed25519 private key")
        return key

    def sign(self, key: Ed25519PrivateKey, message: bytes) -> bytes:
        return key.sign(message)


class EcdsaP256:
    """ECDSA on P-256 with SHA-256 (FIPS 186-5). The key is the sender's public key."""

    public = True
    sizes: Collection[int] = range(8, 73)

    def __init__(self, variant: Variant) -> None:
        self._form = PUBLIC[variant.key]
        self._hash = ec.ECDSA(Prehashed(SHA256()))

    def prepare(self, secret: bytes) -> ec.EllipticCurvePublicKey:
        key = self._form(secret)
        if not _on_p256(key):
            raise BadSecret("the secret is a public key of another algorithm than ECDSA on P-256")
        return key

    def accepts(
        self,
        key: ec.EllipticCurvePublicKey,
        messages: Sequence[bytes],
        candidates: Sequence[bytes],
    ) -> bool:
        return _any_verifies(
            lambda signature, digest: key.verify(signature, digest, self._hash),
            [sha256(message).digest() for message in messages],
            candidates,
        )

    def signing_key(self, secret: bytes) -> ec.EllipticCurvePrivateKey:
        key = _private_key(secret)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not _on_p256(key.public_key()):
            raise CannotSign("the secret is not a private key on P-256")
        return key

    def sign(self, key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
        return key.sign(sha256(message).digest(), self._hash)


class RsaSha256:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017). The key is the sender's public key."""

    public = True
    sizes: Collection[int] = range(LEAST_RSA // 8, MOST_RSA // 8 + 1)

    def __init__(self, variant: Variant) -> None:
        self._form = PUBLIC[variant.key]
        self._hash = Prehashed(SHA256())

    def prepare(self, secret: bytes) -> rsa.RSAPublicKey:
        key = self._form(secret)
        if not isinstance(key, rsa.RSAPublicKey):
            raise BadSecret("the secret is a public key of another algorithm than RSA")
        if not LEAST_RSA <= key.key_size <= MOST_RSA:
            raise BadSecret(
                f"the secret is an RSA key of {key.key_size} bits; the scheme requires {LEAST_RSA} "
                f"to {MOST_RSA}"
            )
        return key

    def accepts(
        self, key: rsa.RSAPublicKey, messages: Sequence[bytes], candidates: Sequence[bytes]
    ) -> bool:
        return _any_verifies(
            lambda signature, digest: key.verify(signature, digest, PKCS1v15(), self._hash),
            [sha256(message).digest() for message in messages],
            candidates,
        )

    def signing_key(self, secret: bytes) -> rsa.RSAPrivateKey:
        key = _private_key(secret)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise CannotSign("the secret is not an RSA private key")
        return key

    def sign(self, key: rsa.RSAPrivateKey, message: bytes) -> bytes:
        return key.sign(sha256(message).digest(), PKCS1v15(), self._hash)


def _on_p256(key: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _any_verifies(
    verify: Callable[[bytes, bytes], None],
    messages: Sequence[bytes],
    candidates: Sequence[bytes],
) -> bool:
    held = False
    for message in messages:
        for candidate in candidates[:TRIED]:
            try:
                verify(candidate, message)
            except InvalidSignature:
                continue
            held = True
    return held


def _private_key(secret: bytes) -> PrivateKeyTypes:
    """`whsk_` and the base64 of the seed, alone or with the public key after it; or PEM."""
    seed = from_base64(secret.removeprefix(PRIVATE_PREFIX))
    if secret.startswith(PRIVATE_PREFIX) and seed is not None and len(seed) in (32, 64):
        return Ed25519PrivateKey.from_private_bytes(seed[:32])
    try:
        return load_pem_private_key(secret, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CannotSign(
            "a public key only verifies signatures; to sign, you need the private key, "
            "which only the sender has"
        ) from None
