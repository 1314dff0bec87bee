"""JSON Web Tokens (RFC 7519), verified as the best current practice asks (RFC 8725)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.types import Options
from msgspec import UNSET

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import cell_of, expiry
from gateway.compile.matcher import compile_claims
from gateway.language.quantities import parse_duration
from gateway.language.spec.jwt import JwtAuthentication, VerificationKey
from gateway.runtime import Runtime
from gateway.secret import Cell, Secret

MAX_TOKEN = 16 * 1024
LEAST_SHARED_SECRET = 32
"""Bytes: RFC 7518 §3.2 asks for a key as long as the hash."""

Keys = Callable[[Mapping[str, Any]], Awaitable[list[Any]]]
"""The keys that may have signed a token with this header."""


def jwt_guard(
    spec: JwtAuthentication, realm: str, runtime: Runtime
) -> tuple[Any, tuple[Cell, ...]]:
    """The guard, and the cells it needs. It raises Unauthenticated, and Unavailable where the
    issuer's keys were never reachable.
    """
    cells = () if spec.secrets is UNSET else _cells(spec.secrets, runtime)
    keys = _published(spec, runtime) if spec.secrets is UNSET else _configured(spec, runtime)
    verify = _verifier(spec)
    missing = challenge("Bearer", realm)
    wrong = challenge("Bearer", realm, ', error="invalid_token"')

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        credentials = exchange.header(b"authorization")
        if credentials is None:
            raise missing
        if credentials[:7].lower() != b"bearer " or len(credentials) > MAX_TOKEN:
            raise wrong
        token = credentials[7:].strip(b" ")
        header = _header(token, spec.algorithms)
        if header is None or not verify(token, header["alg"], await keys(header)):
            raise wrong

    return guard, cells


def _header(token: bytes, algorithms: list[Any]) -> Mapping[str, Any] | None:
    """The token's header where its algorithm is one of the hook's; never a reason to fetch."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None
    return header if header.get("alg") in algorithms and "crit" not in header else None


def _verifier(spec: JwtAuthentication) -> Callable[[bytes, str, list[Any]], bool]:
    leeway = parse_duration(spec.leeway)
    options: Options = {"require": ["exp", "iss", "aud"]}
    holds = None if spec.claims is UNSET else compile_claims(spec.claims)

    def verify(token: bytes, algorithm: str, keys: list[Any]) -> bool:
        for key in keys:
            try:
                claims = jwt.decode(
                    token, key, algorithms=[algorithm], issuer=spec.issuer,
                    audience=spec.audience, leeway=leeway, options=options,
                )  # fmt: skip
            except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
                continue
            return holds is None or holds(claims)
        return False

    return verify


def _cells(written: list[VerificationKey], runtime: Runtime) -> tuple[Cell, ...]:
    return tuple(cell for key in written if (cell := cell_of(key, runtime)))


def _published(spec: JwtAuthentication, runtime: Runtime) -> Keys:
    key_set = runtime.key_sets.of(str(spec.jwks))

    async def keys(header: Mapping[str, Any]) -> list[Any]:
        return await key_set.keys(header.get("kid"), header["alg"])

    return keys


def _configured(spec: JwtAuthentication, runtime: Runtime) -> Keys:
    written = [] if spec.secrets is UNSET else spec.secrets
    entries = [(cell_of(key, runtime), expiry(key.expires)) for key in written]
    shared = spec.algorithms[0].startswith("HS")
    clock = runtime.clock

    async def keys(_header: Mapping[str, Any]) -> list[Any]:
        now = clock()
        live = [cell.secret for cell, until in entries if cell and cell.secret and now < until]
        return [key for secret in live if (key := _key(secret, shared)) is not None]

    return keys


def _key(secret: Secret, shared: bool) -> Any:
    """A key of the right kind, None for one that could be taken for another kind."""
    value = secret.reveal()
    if shared:
        usable = len(value) >= LEAST_SHARED_SECRET and b"-----BEGIN" not in value
        return value if usable else None
    try:
        return load_pem_public_key(value)
    except ValueError:
        return None
