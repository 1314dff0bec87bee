"""The checks of a hook: plain calls, so that one Litestar guard runs them all in one coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from gateway.compile.exchange import SCOPE_KEY, Exchange

Check = Callable[[Exchange], Awaitable[None] | None]
"""Raises a Refusal. It returns None where it has judged, else what must be awaited: a check makes
a coroutine only where something is not here yet.
"""
Guard = Callable[[Any, Any], Awaitable[None]]
"""Litestar's guard signature: (ASGI connection, route handler); raises a Refusal."""


def guard_of(checks: Sequence[Check]) -> Guard:
    """The guard that runs checks in their order; the first that raises refuses the request."""
    in_order = tuple(checks)

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        for check in in_order:
            waits = check(exchange)
            if waits is not None:
                await waits

    return guard
