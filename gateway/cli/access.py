"""Who may call a hook, in words."""

from __future__ import annotations

from msgspec import UNSET

from gateway.language.spec import (
    ApiKeyAuthentication,
    BasicAuthentication,
    BearerAuthentication,
    Hook,
    JwtAuthentication,
    SignatureAuthentication,
)
from gateway.language.spec.handshakes import long_forms, name_of
from gateway.language.spec.scheme import Scheme


def access(spec: Hook) -> str:
    """What a caller must show, such as `none`, `bearer (2)`, `signature github, networks (3)`."""
    parts = [_credentials(spec)]
    if spec.allow_from is not UNSET:
        parts.append(f"networks ({len(spec.allow_from)})")
    parts += [f"handshake {name_of(one)}" for one in long_forms(spec.handshake)]
    return ", ".join(parts)


def _credentials(spec: Hook) -> str:
    match spec.authentication:
        case BasicAuthentication(users=users):
            return f"basic ({len(users)})"
        case BearerAuthentication(tokens=tokens):
            return f"bearer ({len(tokens)})"
        case ApiKeyAuthentication(keys=keys) as written:
            return f"api-key {_place(written)} ({len(keys)})"
        case JwtAuthentication(issuer=issuer):
            return f"jwt {issuer}"
        case SignatureAuthentication(scheme=scheme):
            return f"signature {_scheme(scheme)}"
    return "none"


def _scheme(written: str | Scheme) -> str:
    """A sender's name; of a scheme in full, where its signature is."""
    if isinstance(written, str):
        return written
    return str(written.body if written.header is UNSET else written.header)


def _place(written: ApiKeyAuthentication) -> str:
    if written.body is not UNSET:
        return f"body {written.body}"
    return f"?{written.query}" if written.header is UNSET else written.header
