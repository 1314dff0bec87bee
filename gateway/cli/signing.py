"""Proofs that are made for one request and soon expire: signatures, and signed tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256
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

from gateway.cli.credentials import Wallet, with_credentials
from gateway.cli.curl import Call
from gateway.compile.sample_values import document
from gateway.compile.signatures import compile_scheme
from gateway.errors import OperatorError
from gateway.language.signed import sender_of
from gateway.language.spec import Hook, JwtAuthentication, SignatureAuthentication
from gateway.runtime.token_keys import BadKey, from_secret

LIFETIME = 300
"""Seconds for which a token is made."""
FORM = "application/x-www-form-urlencoded"


def prove(hook: Hook, call: Call, wallet: Wallet, now: float) -> Call:
    """The call with what the hook asks of its callers. Raises OperatorError where that cannot be
    made from what is at hand.
    """
    match hook.authentication:
        case SignatureAuthentication():
            return _signed(hook.authentication, call, wallet, now)
        case JwtAuthentication():
            return _with_token(hook.authentication, call, wallet, now)
    return with_credentials(hook, call, wallet)


def _signed(spec: SignatureAuthentication, call: Call, wallet: Wallet, now: float) -> Call:
    compiled, sender = compile_scheme(spec), sender_of(spec)
    call = _stamped(call, compiled.body_timestamp(now))
    if "{form}" in sender.scheme.signed:
        call = _digested(call)

    def sign(secret: bytes) -> list[tuple[str, str]]:
        return compiled.sign(
            secret=secret,
            body=call.body or b"",
            now=now,
            id=f"msg_{secrets.token_hex(12)}",
            query_string=call.query_string.encode(),
            path=call.path,
            content_type=call.content_type,
        )

    headers = _first(sign, spec.secrets, wallet)
    if sender.scheme.timestamp is not UNSET:
        tolerance = sender.tolerance if spec.tolerance is UNSET else spec.tolerance
        wallet.notes.append(f"the signature holds for {tolerance}")
    return msgspec.structs.replace(call, headers=(*call.headers, *headers))


def _stamped(call: Call, place: tuple[tuple[str, ...], int | str] | None) -> Call:
    """The call with the time of signing in its body, for senders that write it there."""
    if place is None:
        return call
    steps, moment = place
    try:
        value = msgspec.json.decode(call.body or b"{}")
        container = value
        for step in steps[:-1]:
            container = container[int(step)] if isinstance(container, list) else container[step]
        container[int(steps[-1]) if isinstance(container, list) else steps[-1]] = moment
    except (ValueError, KeyError, IndexError, TypeError):
        where = "/" + "/".join(steps)
        raise OperatorError(
            f"this sender writes the time of signing into the body, at {where}, and this body "
            "has no such place"
        ) from None
    return msgspec.structs.replace(
        call, body=msgspec.json.encode(value), file=None, content_type="application/json"
    )


def _digested(call: Call) -> Call:
    """The call with the digest of its body in the URL, as Twilio covers what is no form."""
    typed = call.content_type.partition(";")[0].strip().lower()
    names = [name for name, _ in call.query]
    if not call.body or typed == FORM or "bodySHA256" in names:
        return call
    digest = ("bodySHA256", sha256(call.body).hexdigest())
    return msgspec.structs.replace(call, query=(*call.query, digest))


def _with_token(spec: JwtAuthentication, call: Call, wallet: Wallet, now: float) -> Call:
    audience = spec.audience if isinstance(spec.audience, str) else spec.audience[0]
    wanted = {} if spec.claims is UNSET else document(spec.claims)
    claims = {
        **(wanted if isinstance(wanted, dict) else {}),
        "iss": spec.issuer,
        "aud": audience,
        "iat": int(now),
        "exp": int(now) + LIFETIME,
    }
    entries = () if spec.secrets is UNSET else spec.secrets
    token = _first(lambda secret: _mint(secret, spec.algorithms, claims), entries, wallet)
    wallet.notes.append(f"the token holds for {LIFETIME // 60} minutes")
    header = ("Authorization", f"Bearer {token}")
    return msgspec.structs.replace(call, headers=(*call.headers, header))


def _mint(secret: bytes, algorithms: Sequence[str], claims: dict[str, Any]) -> str:
    """A token signed with a shared secret or a PEM private key. Raises BadKey."""
    private = _private_key(secret)
    key = from_secret(secret if private is None else _public_pem(private), algorithms)
    if private is None and not isinstance(key.material, bytes):
        raise BadKey("it is a public key, which verifies tokens and makes none")
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


def _first(make: Callable[[bytes], Any], entries: Sequence[Any], wallet: Wallet) -> Any:
    """What the first secret makes that can make anything. Raises OperatorError with all reasons."""
    reasons = []
    for cell in wallet.cells(entries):
        if cell.secret is None:
            reasons.append(cell.problem)
            continue
        try:
            return make(cell.secret.reveal())
        except ValueError as reason:
            reasons.append(f"{cell.label}: {reason}")
    if not reasons:
        reasons.append("the issuer alone has the key that signs its tokens")
    raise OperatorError(f"{'; '.join(reasons)} (--key names a file with the key that signs)")
