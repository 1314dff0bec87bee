"""Who may call: one file a type of authentication, each an async Litestar guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from gateway.compile.body import decode_query
from gateway.compile.exchange import Exchange
from gateway.compile.guards.api_key import api_key_guard
from gateway.compile.guards.attempts import Failures, Presented, count_failures, slow_guesses
from gateway.compile.guards.basic import basic_guard
from gateway.compile.guards.bearer import bearer_guard
from gateway.compile.guards.jwt import jwt_guard
from gateway.compile.guards.signature import signature_guard
from gateway.compile.needs import Need
from gateway.compile.signatures import compile_scheme
from gateway.language.spec import (
    ApiKeyAuthentication,
    BasicAuthentication,
    BearerAuthentication,
    Hook,
    JwtAuthentication,
    NoAuthentication,
    SignatureAuthentication,
)
from gateway.runtime import Runtime

Guard = Callable[[Any, Any], Awaitable[None]]
"""Litestar's guard signature: (ASGI connection, route handler); raises a Refusal."""


class Guarding(msgspec.Struct, frozen=True):
    """The guards of a hook, in their order, and what it cannot do without."""

    guards: tuple[Guard, ...]
    needs: tuple[Need, ...]


class Kind(NamedTuple):
    """A type of authentication. `make` takes (spec, realm, runtime); `reader` tells of a spec
    where requests carry their proof; `guessable` is whether people choose what proves them.
    """

    make: Callable[[Any, str, Runtime], tuple[Guard, tuple[Need, ...]]]
    reader: Callable[[Any], Presented]
    guessable: bool


def _header(name: str) -> Presented:
    """Whatever stands in a header first; the guard judges one that is there twice."""
    field = name.lower().encode("ascii")
    return lambda exchange: next((v for k, v in exchange.headers if k == field), None)


def _authorization(_spec: Any) -> Presented:
    return _header("authorization")


def _signature(spec: SignatureAuthentication) -> Presented:
    return _header(compile_scheme(spec).header)


def _key(spec: ApiKeyAuthentication) -> Presented:
    if spec.header is not UNSET:
        return _header(spec.header)
    name = str(spec.query)

    def presented(exchange: Exchange) -> bytes | None:
        value = decode_query(exchange.query_string).get(name)
        return None if value is None else str(value).encode()

    return presented


KINDS: dict[type, Kind] = {
    BasicAuthentication: Kind(basic_guard, _authorization, guessable=True),
    BearerAuthentication: Kind(bearer_guard, _authorization, guessable=True),
    ApiKeyAuthentication: Kind(api_key_guard, _key, guessable=True),
    JwtAuthentication: Kind(jwt_guard, _authorization, guessable=False),
    SignatureAuthentication: Kind(signature_guard, _signature, guessable=False),
}


def compile_guards(hook: Hook, runtime: Runtime) -> Guarding:
    """The guard of a hook's authentication; its name is the realm of the 401's challenge."""
    written = hook.authentication
    if isinstance(written, NoAuthentication | str | msgspec.UnsetType):
        return Guarding((), ())
    kind = KINDS[type(written)]
    guard, needs = kind.make(written, hook.name, runtime)
    presented = kind.reader(written)
    failures = Failures(hook.name, hook.limits, runtime)
    if kind.guessable:
        return Guarding((slow_guesses(guard, presented, failures, hook.name, runtime),), needs)
    return Guarding((count_failures(guard, presented, failures),), needs)
