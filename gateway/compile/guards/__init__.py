"""Who may call: one file a type of authentication, each a check of one guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import msgspec
from msgspec import UnsetType

from gateway.compile.check import Check
from gateway.compile.guards import proofs
from gateway.compile.guards.api_key import api_key_guard
from gateway.compile.guards.attempts import Failures, Proof, limited
from gateway.compile.guards.basic import basic_guard
from gateway.compile.guards.bearer import bearer_guard
from gateway.compile.guards.presented import Verify
from gateway.compile.needs import Need
from gateway.language.spec import (
    ApiKeyAuthentication,
    BasicAuthentication,
    BearerAuthentication,
    Hook,
    JwtAuthentication,
    NoAuthentication,
    SignatureAuthentication,
)
from gateway.language.spec.limits import Limits
from gateway.runtime.runtime import Runtime

CredentialAuthentication: TypeAlias = (
    BasicAuthentication
    | BearerAuthentication
    | ApiKeyAuthentication
    | JwtAuthentication
    | SignatureAuthentication
)


class Guarding(msgspec.Struct, frozen=True):
    """The checks of a hook's guard, in their order, and what it cannot do without."""

    checks: tuple[Check, ...]
    needs: tuple[Need, ...]


class Kind(NamedTuple):
    """A type of authentication: what makes its check of (spec, realm, runtime), and what proves
    a request to it, of (spec, runtime).
    """

    make: Callable[[Any, str, Runtime], tuple[Verify, tuple[Need, ...]]]
    proof: Callable[[Any, Runtime], Proof]


def _jwt(*given: Any) -> tuple[Verify, tuple[Need, ...]]:
    """Imports cryptography, as do signatures: eleven megabytes that other hooks do without."""
    from gateway.compile.guards.jwt import jwt_guard

    return jwt_guard(*given)


def _signature(*given: Any) -> tuple[Verify, tuple[Need, ...]]:
    from gateway.compile.guards.signature import signature_guard

    return signature_guard(*given)


KINDS: dict[type, Kind] = {
    BasicAuthentication: Kind(basic_guard, proofs.of_password),
    BearerAuthentication: Kind(bearer_guard, proofs.of_token),
    ApiKeyAuthentication: Kind(api_key_guard, proofs.of_key),
    JwtAuthentication: Kind(_jwt, proofs.of_jwt),
    SignatureAuthentication: Kind(_signature, proofs.of_signature),
}


def compile_guards(hook: Hook, runtime: Runtime) -> Guarding:
    """The check of a hook's authentication; its name is the realm of the 401's challenge."""
    written = hook.authentication
    if isinstance(written, NoAuthentication | str | msgspec.UnsetType):
        return Guarding((), ())
    guarding = compile_authentication(written, hook.name, hook.limits, runtime)
    if isinstance(written, ApiKeyAuthentication) and written.body is not msgspec.UNSET:
        from gateway.compile.receiving.body_key import BodyKey

        key = BodyKey(hook, written.body, runtime)
        return Guarding((key.find, *guarding.checks, key.remove), guarding.needs)
    return guarding


def compile_authentication(
    written: CredentialAuthentication, realm: str, limits: Limits | UnsetType, runtime: Runtime
) -> Guarding:
    """The check of an authentication. Failures are counted under `realm`, too."""
    kind = KINDS[type(written)]
    check, needs = kind.make(written, realm, runtime)
    failures = Failures(realm, limits, runtime)
    proof = kind.proof(written, runtime)
    return Guarding((limited(check, proof, failures, realm, runtime),), needs)
