"""Keys that verify tokens: a key knows its algorithms, so that none is ever taken for another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm

LEAST_RSA = 2048
"""Bits: NIST SP 800-131A, and RFC 7518 §3.3."""

_RSA = frozenset({"PS256", "PS384", "PS512", "RS256", "RS384", "RS512"})
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_FROM_JWK: dict[object, Callable[[Any], Any]] = {
    "EC": ECAlgorithm.from_jwk,
    "OKP": OKPAlgorithm.from_jwk,
    "RSA": RSAAlgorithm.from_jwk,
}


class BadKey(ValueError):  # noqa: N818
    """What was written or published cannot be a key; the sentence holds no part of it."""


class TokenKey(msgspec.Struct, frozen=True):
    """A key and the algorithms that it may be used with.

    `material` is the bytes of a shared secret, or a public key: never the text of one.
    """

    material: Any
    algorithms: frozenset[str]
    id: str | None = None

    def __repr__(self) -> str:
        return "TokenKey(***)"


def from_secret(value: bytes, wanted: Collection[str]) -> TokenKey:
    """The key that an operator's secret is: a shared one for HS algorithms, else a PEM public key.

    `wanted` are the algorithms of the hook, with every one of which a shared secret must be long
    enough. Raises BadKey.
    """
    shared = frozenset(name for name in wanted if name.startswith("HS"))
    if not shared or b"-----BEGIN" in value:
        key = _from_pem(value)
    else:
        key = TokenKey(_shared(value, shared), shared)
    if not key.algorithms & set(wanted):
        raise BadKey(f"it is not a key for {' or '.join(sorted(wanted))}")
    return key


def from_jwk(entry: Mapping[str, Any]) -> TokenKey:
    """A published signature key (RFC 7517). Raises BadKey for every other entry of a set.

    A key that says what it is for is used for nothing else. Symmetric and private keys are
    refused: whoever can read them could sign.
    """
    kind, known = entry.get("kty"), entry.get("kid")
    load = _FROM_JWK.get(kind) if isinstance(kind, str) else None
    if load is None or "d" in entry or not isinstance(known, str | None):
        raise BadKey("it is not a public key")
    if not _for_signatures(entry):
        raise BadKey("it is not for signatures")
    try:
        material = load(entry)
        algorithms = _algorithms(material)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        raise BadKey("it is malformed") from None
    if "alg" in entry:
        algorithms = frozenset(name for name in algorithms if name == entry["alg"])
    if not algorithms:
        raise BadKey("its algorithm is not supported")
    return TokenKey(material, algorithms, known)


def _for_signatures(entry: Mapping[str, Any]) -> bool:
    operations = entry.get("key_ops", ["verify"])
    signs = isinstance(operations, list) and "verify" in operations
    return signs and entry.get("use", "sig") == "sig"


def _from_pem(value: bytes) -> TokenKey:
    try:
        material = load_pem_public_key(value)
    except (ValueError, UnsupportedAlgorithm):
        raise BadKey("it is not a public key in PEM form") from None
    return TokenKey(material, _algorithms(material))


def _algorithms(key: object) -> frozenset[str]:
    """What a public key can verify. Raises BadKey for a weak one."""
    match key:
        case RSAPublicKey() if key.key_size < LEAST_RSA:
            raise BadKey(f"it is an RSA key of {key.key_size} bits; the minimum is {LEAST_RSA}")
        case RSAPublicKey():
            return _RSA
        case EllipticCurvePublicKey() if key.curve.name in _CURVES:
            return frozenset({_CURVES[key.curve.name]})
        case Ed25519PublicKey():
            return frozenset({"EdDSA"})
    return frozenset()


def _shared(value: bytes, algorithms: frozenset[str]) -> bytes:
    """A secret as long as the longest hash (RFC 7518 §3.2), and not the text of a public key."""
    least = max(int(name[2:]) for name in algorithms) // 8
    if len(value) < least:
        asks = " and ".join(sorted(algorithms))
        raise BadKey(f"it has {len(value)} bytes; {asks} needs at least {least}")
    try:
        return HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(value)
    except jwt.InvalidKeyError:
        raise BadKey("it is a public key; HS algorithms take a shared secret") from None
