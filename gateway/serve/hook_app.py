"""The routes of hooks as one Litestar app: assembled at once, and taken apart at once.

Litestar routes by path alone for ASGI handlers, so the method is made the first segment of the
path: `/POST/hooks/paris`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
from litestar import Litestar

from gateway.compile.answer import Answer
from gateway.compile.cors import readable
from gateway.compile.entrance import RETRY_LATER
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.culprits import sound_part
from gateway.errors import Unavailable
from gateway.language.internal import internal
from gateway.serve.answering import AT_ONCE, send_answer, write_answer
from gateway.serve.pages import REQUEST
from gateway.serve.route import HookHandler, HookRoute
from gateway.serve.served import Served


def assembled(
    hooks: Sequence[Served], rest: Callable[[], None]
) -> tuple[Litestar, tuple[Served, ...]]:
    """An app with the routes of all hooks but of those with which there is none."""
    try:
        return _app(hooks, rest), tuple(hooks)
    except Exception:
        sound, culprits = sound_part(hooks, partial(_app, rest=rest))
    refused = {id(hook): _unrouted(hook, error) for hook, error in culprits}
    return _app(sound, rest), tuple(refused.get(id(hook), hook) for hook in hooks)


def take_apart(app: Litestar) -> None:
    """Cut every circle of an app that no request uses any more, so that it is freed at once: the
    collector would have to stop everything to find it. A request holds its generation until it
    is answered.
    """
    for route in app.routes:
        route.route_handler.owner = None  # type: ignore[union-attr]
    for part in (app.asgi_router, app):
        for kind in type(part).__mro__:
            _empty(part, getattr(kind, "__slots__", ()))


def _unrouted(hook: Served, error: Exception) -> Served:
    what = f"hook '{hook.name}' cannot be routed"
    fault = internal(what, error, file=hook.file, hook=hook.name)
    return msgspec.structs.replace(hook, methods=(), running=None, fault=fault)


def _app(hooks: Sequence[Served], rest: Callable[[], None]) -> Litestar:
    app = Litestar(openapi_config=None, logging_config=None)
    for hook in hooks:
        rest()
        if hook.routed:
            handler = _handler(hook)
            handler.owner = app
            handler.on_registration(app)
            app.routes += [HookRoute(path=path, route_handler=handler) for path in handler.paths]
    # Once, and not again with each route, as an app does that registers them itself.
    app.asgi_router.construct_routing_trie()
    return app


def _handler(served: Served) -> Any:
    hook = served.running
    guards = [_unavailable] if hook is None else list(hook.guards)
    paths = [f"/{method}{served.route.replace('}', ':str}')}" for method in served.methods]
    activate = _closed if hook is None else readable(hook.activate, hook.cors)

    async def handle(scope: Any, receive: Any, send: Any) -> None:
        exchange: Exchange = scope[SCOPE_KEY]
        answer = await activate(exchange)
        if len(answer.body) > AT_ONCE:
            await send_answer(send, exchange, answer)
        else:
            write_answer(scope[REQUEST].give, exchange, answer)

    return HookHandler(paths, copy_scope=False, guards=guards, name=served.name)(handle)


async def _closed(_exchange: Exchange) -> Answer:
    raise AssertionError("its guard refuses every request before")


async def _unavailable(_connection: Any, _handler: Any) -> None:
    raise Unavailable(
        "The hook is out of service: its definition has errors. See /-/status.", RETRY_LATER
    )


def _empty(part: object, attributes: Iterable[str]) -> None:
    for name in attributes:
        with suppress(AttributeError):
            delattr(part, name)
