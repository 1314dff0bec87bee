"""Keys and tokens as issuers make them, and as nobody should."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://issuer.example"
AUDIENCE = "gateway"
_CURVES: dict[str, ec.EllipticCurve] = {
    "P-224": ec.SECP224R1(),
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}
SHARED = "a-shared-secret-of-forty-eight-bytes-or-some-more"


def private_key(kind: str, number: int = 0) -> Any:
    """The `number`th key of a kind, such as `rsa-2048`, `P-256` or `Ed25519`; each made once."""
    return _made(kind, number)


@cache
def _made(kind: str, _number: int) -> Any:
    if kind.startswith("rsa-"):
        return rsa.generate_private_key(65537, int(kind[4:]))
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "Ed448":
        return ed448.Ed448PrivateKey.generate()
    return ec.generate_private_key(_CURVES[kind])


def pem(kind: str, number: int = 0) -> str:
    """The public half as PEM."""
    return _public(kind, number, Encoding.PEM).decode()


def der(kind: str, number: int = 0) -> bytes:
    """The public half as DER."""
    return _public(kind, number, Encoding.DER)


def _public(kind: str, number: int, encoding: Encoding) -> bytes:
    public: bytes = (
        private_key(kind, number)
        .public_key()
        .public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    )
    return public


def jwk(kind: str, kid: object = None, number: int = 0, **members: Any) -> dict[str, Any]:
    """The public half as an issuer publishes it; `members` are added or replaced."""
    family = RSAAlgorithm if kind.startswith("rsa") else ECAlgorithm
    to_jwk = OKPAlgorithm.to_jwk if kind.startswith("Ed") else family.to_jwk
    entry: dict[str, Any] = to_jwk(private_key(kind, number).public_key(), as_dict=True)
    entry.pop("key_ops", None)
    return {**entry, **({} if kid is None else {"kid": kid}), **members}


def claims(**changed: Any) -> dict[str, Any]:
    """Claims that hold for an hour; a claim that is changed to None is left out."""
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": AUDIENCE, "exp": now + 3600, "iat": now, "sub": "deployer"}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


def mint(
    key: Any = SHARED,
    algorithm: str = "HS256",
    header: Mapping[str, Any] | None = None,
    **changed: Any,
) -> str:
    """A token that PyJWT signs."""
    return jwt.encode(claims(**changed), key, algorithm, dict(header or {}))


def forge(header: bytes | Mapping[str, Any], payload: bytes, key: bytes = SHARED.encode()) -> str:
    """A token signed with HS256 by hand, whatever its header says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    signed = encode(text) + b"." + encode(payload)
    return (signed + b"." + encode(hmac.digest(key, signed, "sha256"))).decode()


def encode(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=")
