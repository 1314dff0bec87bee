"""A hook's route in Litestar, without what Litestar makes for each request and no hook needs."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine
from typing import Any

import msgspec
from litestar.handlers import ASGIRouteHandler
from litestar.routes import ASGIRoute
from litestar.utils.signature import ParsedSignature

from gateway.compile.check import JUDGED


class _Connection(msgspec.Struct, eq=False):
    """What a hook's guard is given. It looks at the scope alone, so that Litestar's connection,
    with some thirty values, is not made for each request.
    """

    scope: Any


class HookRoute(ASGIRoute):
    """Litestar's route, without the copy of the scope that it makes for each request."""

    def handle(self, scope: Any, receive: Any, send: Any) -> Coroutine[Any, Any, None]:
        """Run the hook's one guard, then the handler. What the guard raises refuses the request.

        A coroutine of its own is made only where the guard has to wait.
        """
        handler: Any = self.route_handler
        (guard,) = handler.guards
        waits = guard(_Connection(scope), handler)
        if waits is not JUDGED:
            return self._handle_later(waits, scope, receive, send)
        handled: Coroutine[Any, Any, None] = handler.fn(scope, receive, send)
        return handled

    async def _handle_later(
        self, waits: Awaitable[None], scope: Any, receive: Any, send: Any
    ) -> None:
        await waits
        await self.route_handler.fn(scope, receive, send)


class HookHandler(ASGIRouteHandler):
    """A hook's route. All are alike, so the signature is not parsed for each; guards only look at
    it, so it is not copied for each (7 µs).
    """

    @property
    def parsed_fn_signature(self) -> ParsedSignature:
        return _SIGNATURE


async def _alike(scope: Any, receive: Any, send: Any) -> None: ...


_SIGNATURE = ParsedSignature.from_fn(_alike, {})
