"""JSON Web Tokens (RFC 7519), verified as the best current practice asks (RFC 8725)."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import jwt
from jwt.types import Options
from jwt.utils import base64url_decode
from msgspec import UNSET

from gateway.compile import strict_json
from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.compile.guards.credentials import name_of, prepared
from gateway.compile.guards.presented import Verify
from gateway.compile.guards.untrusted import BadDate, Untrusted, untrusted
from gateway.compile.matcher import compile_claims
from gateway.compile.needs import Need
from gateway.compile.sender import Sender
from gateway.errors import Malformed
from gateway.language.quantities import parse_duration
from gateway.language.spec.bounds import LEEWAY
from gateway.language.spec.jwt import JwtAuthentication
from gateway.runtime.runtime import Runtime
from gateway.runtime.token_keys import TokenKey, from_secret

MAX_TOKEN = 16 * 1024
LAST_DATE = 253_402_300_799
"""The end of the year 9999 in seconds. What is later is milliseconds, or meant never to end."""

_SEGMENT = rb"(?:[A-Za-z0-9_-]{4})*+(?:[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]|[A-Za-z0-9_-][AQgw])?"
_COMPACT = re.compile(_SEGMENT + rb"\." + _SEGMENT + rb"\." + _SEGMENT)
"""Three times base64url without padding (RFC 7515 §2, §7.1), where the bits that are left over are
zero (RFC 4648 §3.5): decoders pass over anything else, which gives one token several spellings.
"""

_DATES = ("exp", "nbf", "iat")
_EXTENSIONS = frozenset({"crit", "b64"})
"""Header members that change what a token means (RFC 7515 §4.1.11, RFC 7797): none is known."""

Keys = Callable[[str | None, str], Awaitable[Sequence[tuple[str, TokenKey]]]]
"""The keys that may have signed a token with this `kid` and this algorithm, and what the log calls
each.
"""


def jwt_guard(
    spec: JwtAuthentication, realm: str, runtime: Runtime
) -> tuple[Verify, tuple[Need, ...]]:
    """The check, and what it needs. It raises Unauthenticated, and Unavailable where the issuer's
    keys were never reachable.
    """
    keys, needs = _published(spec, runtime) if spec.secrets is UNSET else _written(spec, runtime)
    verify = _verifier(spec)
    missing = partial(challenge, "Bearer", realm, reason="The request has no Authorization header.")
    wrong = partial(challenge, "Bearer", realm, ', error="invalid_token"')

    async def check(exchange: Exchange, token: bytes | None) -> None:
        if token is None and exchange.header(b"authorization") is None:
            raise missing()
        try:
            if token is None or len(token) > MAX_TOKEN or not _COMPACT.fullmatch(token):
                raise Untrusted("token-malformed")
            kid, algorithm = _header(token, spec.algorithms)
            exchange.credential, claims = verify(token, algorithm, await keys(kid, algorithm))
            exchange.sender = Sender(claims=claims)
        except Untrusted as refusal:
            exchange.outcome = refusal.outcome
            raise wrong(reason=refusal.reason) from None

    return check, needs


def _header(token: bytes, algorithms: Sequence[str]) -> tuple[str | None, str]:
    """The `kid` and the algorithm of a token. No other member of its header is believed."""
    try:
        header = _object(base64url_decode(token.partition(b".")[0]))
    except (jwt.DecodeError, ValueError):
        raise Untrusted("token-malformed") from None
    kid, algorithm = header.get("kid"), header.get("alg")
    if not isinstance(kid, str | None) or not _EXTENSIONS.isdisjoint(header):
        raise Untrusted("token-malformed")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise Untrusted("algorithm-refused")
    return kid, algorithm


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = strict_json.decode(data, exact=False)  # PyJWT knows no Decimal
    except Malformed as error:
        raise jwt.DecodeError(error.detail) from None
    if not isinstance(value, dict):
        raise jwt.DecodeError("not a JSON object")
    return value


class _Tokens(jwt.PyJWT):
    """PyJWT, with claims read the way bodies are: strictly, no key twice, each of its own type."""

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        claims = _object(decoded["payload"])
        for name in _DATES:
            if name in claims and not _is_date(claims[name]):
                raise BadDate(f"The claim '{name}' is not a number of seconds.")
        return claims


def _is_date(value: object) -> bool:
    """Whether a claim is a NumericDate (RFC 7519 §2): seconds as a number, never text or true.
    PyJWT takes whatever `int` takes.
    """
    return type(value) in (int, float, Decimal) and 0 <= value <= LAST_DATE  # type: ignore[operator]


def _verifier(
    spec: JwtAuthentication,
) -> Callable[[bytes, str, Sequence[tuple[str, TokenKey]]], tuple[str, dict[str, Any]]]:
    """What raises Untrusted unless one of the keys signed the token and its claims hold; it gives
    the name of that key, and the claims.
    """
    leeway = min(parse_duration(spec.leeway), parse_duration(LEEWAY.most))
    options: Options = {"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True}
    mismatch_in = compile_claims({} if spec.claims is UNSET else spec.claims)
    decode = _Tokens().decode

    def claims_of(token: bytes, algorithm: str, key: TokenKey) -> dict[str, Any] | None:
        """The claims, None where another key may have signed."""
        try:
            return decode(
                token, key.material, algorithms=[algorithm], issuer=spec.issuer,
                audience=spec.audience, leeway=leeway, options=options,
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            return None
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise untrusted(error) from None

    def verify(
        token: bytes, algorithm: str, keys: Sequence[tuple[str, TokenKey]]
    ) -> tuple[str, dict[str, Any]]:
        for name, key in keys:
            claims = claims_of(token, algorithm, key)
            if claims is not None:
                if mismatch := mismatch_in(claims):
                    raise Untrusted("claim-refused", mismatch.reason)
                return name, claims
        raise Untrusted("signature-wrong" if keys else "key-unknown")

    return verify


def _published(spec: JwtAuthentication, runtime: Runtime) -> tuple[Keys, tuple[Need, ...]]:
    key_set = runtime.key_sets.of(str(spec.jwks))

    async def keys(kid: str | None, algorithm: str) -> list[tuple[str, TokenKey]]:
        return [(spec.issuer, key) for key in await key_set.keys(kid, algorithm)]

    return keys, (key_set,)


def _written(spec: JwtAuthentication, runtime: Runtime) -> tuple[Keys, tuple[Need, ...]]:
    entries = [] if spec.secrets is UNSET else spec.secrets
    make = partial(from_secret, wanted=spec.algorithms)
    written = tuple((name_of(entry), prepared(entry, make, runtime)) for entry in entries)

    async def keys(_kid: str | None, algorithm: str) -> list[tuple[str, TokenKey]]:
        live = [(name, key) for name, one in written if (key := one.value()) is not None]
        return [(name, key) for name, key in live if algorithm in key.algorithms]

    return keys, tuple(secret for _, secret in written)
