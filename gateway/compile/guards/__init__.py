"""Who may call: one file a type of authentication, each an async Litestar guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from gateway.compile.guards.basic import basic_guard
from gateway.compile.guards.bearer import bearer_guard
from gateway.language.spec import (
    Authentication,
    BasicAuthentication,
    BearerAuthentication,
    NoAuthentication,
)
from gateway.runtime import Runtime
from gateway.secret import Cell

Guard = Callable[[Any, Any], Awaitable[None]]
"""Litestar's guard signature: (ASGI connection, route handler); raises a Refusal."""


class Guarding(msgspec.Struct, frozen=True):
    """The guards of a hook, in their order, and the references they cannot do without."""

    guards: tuple[Guard, ...]
    cells: tuple[Cell, ...]


def compile_guards(
    authentication: Authentication | UnsetType, realm: str, runtime: Runtime
) -> Guarding:
    """The guard of an authentication. `realm` names the hook in the 401's challenge."""
    match authentication:
        case "none" | NoAuthentication():
            return Guarding((), ())
        case BasicAuthentication():
            guard, cells = basic_guard(authentication, realm, runtime)
        case BearerAuthentication():
            guard, cells = bearer_guard(authentication, realm, runtime)
        case _ if authentication is UNSET:
            return Guarding((), ())
        case _:
            raise TypeError(f"no guard for {type(authentication).__name__}")
    return Guarding((guard,), cells)
