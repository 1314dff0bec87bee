"""Tokens that are signed for one request; with them comes cryptography, a quarter of a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import UNSET

from gateway.cli.credentials import Wallet
from gateway.cli.curl import Call
from gateway.compile.sample_sender import claims_of
from gateway.language.spec import Hook, JwtAuthentication
from gateway.runtime.token_keys import BadKey, from_secret

LIFETIME = 300
"""Seconds for which a token is made."""


def with_token(hook: Hook, spec: JwtAuthentication, call: Call, wallet: Wallet, now: float) -> Call:
    """The call with a token that the hook's issuer would have made. Raises OperatorError."""
    claims = {**claims_of(hook, spec), "iat": int(now), "exp": int(now) + LIFETIME}
    entries = () if spec.secrets is UNSET else spec.secrets
    token = wallet.first(lambda secret: _mint(secret, spec.algorithms, claims), entries)
    wallet.notes.append(f"the token is valid for {LIFETIME // 60} minutes")
    header = ("Authorization", f"Bearer {token}")
    return msgspec.structs.replace(call, headers=(*call.headers, header))


def _mint(secret: bytes, algorithms: Sequence[str], claims: dict[str, Any]) -> str:
    """A token signed with a shared secret or a PEM private key. Raises BadKey."""
    private = _private_key(secret)
    key = from_secret(secret if private is None else _public_pem(private), algorithms)
    if private is None and not isinstance(key.material, bytes):
        raise BadKey("it is a public key and cannot sign tokens")
    algorithm = next(name for name in algorithms if name in key.algorithms)
    material: Any = key.material if private is None else private
    return jwt.encode(claims, material, algorithm)


def _private_key(secret: bytes) -> PrivateKeyTypes | None:
    try:
        return load_pem_private_key(secret, None)
    except (ValueError, TypeError):
        return None


def _public_pem(private: PrivateKeyTypes) -> bytes:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
