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
from gateway.language.spec.base import Written
from gateway.language.spec.handshake import long_form
from gateway.language.spec.scheme import Scheme


def access(spec: Hook) -> str:
    """What a caller must show, such as `none`, `bearer (2)`, `signature github, networks (3)`."""
    parts = [_credentials(spec)]
    if spec.allow_from is not UNSET:
        parts.append(f"networks ({len(spec.allow_from)})")
    if spec.handshake is not UNSET:
        parts.append(f"handshake {_tag(long_form(spec.handshake))}")
    return ", ".join(parts)


def _credentials(spec: Hook) -> str:
    match spec.authentication:
        case BasicAuthentication(users=users):
            return f"basic ({len(users)})"
        case BearerAuthentication(tokens=tokens):
            return f"bearer ({len(tokens)})"
        case ApiKeyAuthentication(header=header, query=query, keys=keys):
            place = f"?{query}" if header is UNSET else header
            return f"api-key {place} ({len(keys)})"
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


def _tag(written: Written) -> str:
    tag = written.__struct_config__.tag
    return str(tag)
