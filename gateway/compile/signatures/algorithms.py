"""The ways to make and to verify a signature: a shared secret, or a key pair."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from typing import Any, Protocol, TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import UNSET

from gateway.compile.signatures.encodings import from_base64
from gateway.compile.signatures.keys import PRIVATE_PREFIX, PUBLIC, SHARED
from gateway.compile.signatures.outcomes import BadSecret, CannotSign
from gateway.language.spec.scheme import Variant

DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64}
KEEPING = 2047
"""Bytes that are hashed without letting other threads have the interpreter (HASHLIB_GIL_MINSIZE in
CPython's hashlib.h): getting it back takes longer than hashing a body of some kilobytes.
"""
TRIED = 4
"""Signatures of one request that are held against a public key. Each costs as much as hashing the
body, and no sender has more keys than two when it changes them.
"""
LETTING = 64 * 1024
"""Bytes from which others had better go on meanwhile."""


class Algorithm(Protocol):
    """`sizes` are the lengths in bytes that a signature can have; others are malformed.

    `accepts` compares every candidate with every message and never ends early.
    """

    sizes: Collection[int]
    public: bool

    def prepare(self, secret: bytes) -> Any: ...
    def accepts(self, key: Any, messages: Sequence[bytes], candidates: Sequence[bytes]) -> bool: ...
    def sign(self, secret: bytes, message: bytes) -> bytes: ...


def _mac(key: hmac.HMAC, message: bytes) -> bytes:
    mac = key.copy()
    if len(message) > LETTING:
        mac.update(message)
        return mac.digest()
    for start in range(0, len(message), KEEPING):
        mac.update(message[start : start + KEEPING])
    return mac.digest()


class Hmac:
    """HMAC (RFC 2104). The key is a shared secret."""

    public = False

    def __init__(self, variant: Variant) -> None:
        self._digest = "sha256" if variant.digest is UNSET else variant.digest
        self._form = SHARED[variant.key]
        self._min_key = variant.min_key
        self.sizes: Collection[int] = (DIGEST_SIZES[self._digest],)

    def prepare(self, secret: bytes) -> hmac.HMAC:
        key = self._form(secret)
        if len(key) < self._min_key:
            raise BadSecret(
                f"the secret contains a key of {len(key)} bytes; "
                f"the scheme requires at least {self._min_key}"
            )
        return hmac.new(key, digestmod=self._digest)

    def accepts(
        self, key: hmac.HMAC, messages: Sequence[bytes], candidates: Sequence[bytes]
    ) -> bool:
        held = False
        for message in messages:
            expected = _mac(key, message)
            for candidate in candidates:
                held |= hmac.compare_digest(expected, candidate)
        return held

    def sign(self, secret: bytes, message: bytes) -> bytes:
        return _mac(self.prepare(secret), message)


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

    def sign(self, secret: bytes, message: bytes) -> bytes:
        key = _private_key(secret)
        if not isinstance(key, Ed25519PrivateKey):
            raise CannotSign("the secret is not an Ed25519 private key")
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

    def sign(self, secret: bytes, message: bytes) -> bytes:
        key = _private_key(secret)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not _on_p256(key.public_key()):
            raise CannotSign("the secret is not a private key on P-256")
        return key.sign(sha256(message).digest(), self._hash)


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


ALGORITHMS: dict[str, Callable[[Variant], Algorithm]] = {
    "hmac": Hmac,
    "ed25519": Ed25519,
    "ecdsa-p256": EcdsaP256,
}
