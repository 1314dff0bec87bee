"""The checks of a hook: plain calls, which one Litestar guard runs without a coroutine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from typing import Any

from gateway.compile.exchange import SCOPE_KEY, Exchange

Check = Callable[[Exchange], Awaitable[None] | None]
"""Raises a Refusal. It returns None where it has judged, else what must be awaited: a check makes
a coroutine only where something is not here yet.
"""
Guard = Callable[[Any, Any], Awaitable[None]]
"""Litestar's guard signature: (ASGI connection, route handler). It raises a Refusal, at once
or where what it returns is awaited; JUDGED needs no awaiting.
"""


class _Judged:
    """Awaiting it does nothing."""

    def __await__(self) -> Generator[Any, None, None]:
        yield from ()


JUDGED = _Judged()


def guard_of(checks: Sequence[Check]) -> Guard:
    """The guard that runs checks in their order; the first that raises refuses the request."""
    in_order = tuple(checks)

    def guard(connection: Any, _handler: Any) -> Awaitable[None]:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        checks = iter(in_order)
        for check in checks:
            waits = check(exchange)
            if waits is not None:
                return _awaited(waits, checks, exchange)
        return JUDGED

    return guard


def unless_answered(check: Check) -> Check:
    """A check that is passed over where a handshake has its answer already."""
    return lambda exchange: check(exchange) if exchange.answer is None else None


async def _awaited(waits: Awaitable[None], rest: Iterator[Check], exchange: Exchange) -> None:
    await waits
    for check in rest:
        waiting = check(exchange)
        if waiting is not None:
            await waiting
