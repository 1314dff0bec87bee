"""Who may call: the type of authentication, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from gateway.language.spec import (
    ApiKeyAuthentication,
    BasicAuthentication,
    BearerAuthentication,
    Hook,
    JwtAuthentication,
    NoAuthentication,
    SignatureAuthentication,
)
from gateway.plan.change import Change
from gateway.plan.subjects import api_key, credentials, jwt, signature

Long = (
    NoAuthentication
    | BasicAuthentication
    | BearerAuthentication
    | ApiKeyAuthentication
    | JwtAuthentication
    | SignatureAuthentication
)
"""What may stand behind `authentication`, in its long form."""

STEPS = ("authentication",)


class Type(NamedTuple):
    """A type: what its values mean, what lies between two of them, how callers prove themselves."""

    meaning: Callable[[Any], Hashable]
    compare: Callable[[Any, Any], Iterator[Change]]
    proof: str


_LIST = (credentials.meaning, credentials.compare)
"""For a type that is a list of credentials and nothing else."""

TYPES: dict[type[msgspec.Struct], Type] = {
    NoAuthentication: Type(*_LIST, "nothing"),
    BasicAuthentication: Type(*_LIST, "a name and a password"),
    BearerAuthentication: Type(*_LIST, "a bearer token"),
    ApiKeyAuthentication: Type(api_key.meaning, api_key.compare, "an API key"),
    JwtAuthentication: Type(jwt.meaning, jwt.compare, "a JSON Web Token"),
    SignatureAuthentication: Type(signature.meaning, signature.compare, "a signature"),
}


def long_form(hook: Hook) -> Long:
    """The authentication of a hook; to leave it out means `none`."""
    written = hook.authentication
    return NoAuthentication() if isinstance(written, str) or written is UNSET else written


def is_public(hook: Hook) -> bool:
    """Whether anyone may call."""
    return isinstance(long_form(hook), NoAuthentication)


def proof(hook: Hook) -> str:
    """By what callers prove themselves."""
    return TYPES[type(long_form(hook))].proof


def meaning(hook: Hook) -> Hashable:
    """The type, and what it asks for."""
    written = long_form(hook)
    return type(written).__name__, TYPES[type(written)].meaning(written)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Another type, or what the same type asks for."""
    was, now = long_form(old), long_form(new)
    if type(was) is type(now):
        yield from TYPES[type(now)].compare(was, now)
        return
    kind, message = _other_type(was, now)
    yield Change(kind, STEPS, message, _shown(was), _shown(now))


def _other_type(was: Long, now: Long) -> tuple[str, str]:
    asked, asks = TYPES[type(was)].proof, TYPES[type(now)].proof
    if isinstance(now, NoAuthentication):
        return "now-public", f"anyone may call the hook; it required {asked}"
    if isinstance(was, NoAuthentication):
        return "authentication-added", f"it requires {asks}; anyone could call it"
    if _strength(now) < _strength(was):
        return "authentication-weakened", f"it requires {asks}, which is weaker than {asked}"
    return "authentication-replaced", f"it requires {asks} instead of {asked}"


def _shown(written: Long) -> str:
    """The proof, and each credential that is one."""
    found = credentials.shown(written)
    return f"{TYPES[type(written)].proof}: {found}" if found else TYPES[type(written)].proof


def _strength(written: Long) -> int:
    """What is proven: nothing, what is read on the way, a secret, a caller, each request."""
    match written:
        case NoAuthentication():
            return 0
        case ApiKeyAuthentication():
            return 2 if written.query is UNSET else 1
        case JwtAuthentication():
            return 3
        case SignatureAuthentication():
            return 4
    return 2
