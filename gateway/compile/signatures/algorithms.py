"""The ways to make and to verify a signature: a shared secret, or a key pair."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from msgspec import UNSET

from gateway.compile.signatures.key_pairs import EcdsaP256, Ed25519, RsaSha256
from gateway.compile.signatures.keys import SHARED
from gateway.compile.signatures.outcomes import BadSecret
from gateway.language.spec.scheme import Variant

DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}
KEEPING = 2047
"""Bytes that are hashed without letting other threads have the interpreter (HASHLIB_GIL_MINSIZE in
CPython's hashlib.h): getting it back takes longer than hashing a body of some kilobytes.
"""
LETTING = 64 * 1024
"""Bytes from which others had better go on meanwhile."""


class Algorithm(Protocol):
    """`sizes` are the lengths in bytes that a signature can have; others are malformed.

    `accepts` compares every candidate with every message and never ends early. `signing_key` is
    what `sign` takes; it raises BadSecret, and CannotSign for what only verifies.
    """

    sizes: Collection[int]
    public: bool

    def prepare(self, secret: bytes) -> Any: ...
    def accepts(self, key: Any, messages: Sequence[bytes], candidates: Sequence[bytes]) -> bool: ...
    def signing_key(self, secret: bytes) -> Any: ...
    def sign(self, key: Any, message: bytes) -> bytes: ...


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

    def signing_key(self, secret: bytes) -> hmac.HMAC:
        return self.prepare(secret)

    def sign(self, key: hmac.HMAC, message: bytes) -> bytes:
        return _mac(key, message)


ALGORITHMS: dict[str, Callable[[Variant], Algorithm]] = {
    "hmac": Hmac,
    "ed25519": Ed25519,
    "ecdsa-p256": EcdsaP256,
    "rsa-sha256": RsaSha256,
}
