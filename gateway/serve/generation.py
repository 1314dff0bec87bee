"""All hooks of one snapshot as one immutable Litestar app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, get_args
from weakref import finalize

import msgspec
from litestar import Litestar
from litestar.exceptions import NotFoundException

from gateway.compile.answer import Answer
from gateway.compile.cors import Cors, readable
from gateway.compile.entrance import RETRY_LATER
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.executor import HookExecutor
from gateway.compile.hook import Hook
from gateway.culprits import sound_part
from gateway.errors import NotFound, Unavailable
from gateway.language.diagnostic import Diagnostic
from gateway.language.internal import internal
from gateway.language.spec.hook import Method
from gateway.serve.answering import AT_ONCE, send_answer, write_answer
from gateway.serve.pages import REQUEST, Pages
from gateway.serve.route import HookHandler, HookRoute
from gateway.serve.unowned import no_owner, refusal

METHODS: tuple[str, ...] = (*get_args(Method), "OPTIONS")
State = Literal["serving", "stale", "out of service", "disabled"]


class Served(msgspec.Struct, frozen=True):
    """A hook of a generation, as status shows it. `running` is None while nothing can run.

    `methods` is empty for a hook without a path of its own. `fault` is a mistake of the gateway's
    own with this hook.
    """

    name: str
    route: str
    methods: tuple[str, ...]
    file: str
    running: Hook | None
    stale: bool = False
    enabled: bool = True
    fault: Diagnostic | None = None

    @property
    def routed(self) -> bool:
        """Whether the hook answers on a path, be it that it is out of service."""
        return bool(self.enabled and self.route and self.methods)

    @property
    def problems(self) -> list[str]:
        """Why nothing runs, in words, as far as it is not a diagnostic."""
        return self.running.problems() if self.running else []

    @property
    def remedies(self) -> list[str]:
        """What to do about the problems, as far as they do not say it."""
        return self.running.remedies() if self.running else []

    @property
    def state(self) -> State:
        """The state now: a secret that goes missing takes the hook out of service at once."""
        if not self.enabled:
            return "disabled"
        if self.running is None or self.problems:
            return "out of service"
        return "stale" if self.stale else "serving"


def _no_rest() -> None:
    pass


class Generation:
    """What serves: routes, their states, and the diagnostics of the snapshot it was built from.

    `rest` is called often while it is built. A hook that cannot be routed is out of service.

    The app is never changed after it is built. Litestar routes by path alone for ASGI handlers,
    so the method is made the first segment of the path: `/POST/hooks/paris`.
    """

    def __init__(
        self,
        number: int,
        digest: str,
        hooks: Sequence[Served],
        diagnostics: Sequence[Diagnostic] = (),
        rest: Callable[[], None] = _no_rest,
    ) -> None:
        self.number = number
        self.digest = digest
        self.loaded_at = datetime.now(UTC)
        self.app, self.hooks = _assembled(hooks, rest)
        self.diagnostics = (*diagnostics, *self.faults)
        self._find = self.app.asgi_router.handle_routing
        self._owner = partial(_owner, self._find)
        self.pages = Pages(_cors(self.hooks), self._owner, METHODS)
        self._literal: dict[tuple[str, bytes], tuple[str, str, Any]] = {}
        """Of the paths without parameters that were asked for: decoded, with hook and app."""
        finalize(self, _take_apart, self.app).atexit = False

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """The mistakes of the gateway's own with hooks of this generation."""
        return tuple(hook.fault for hook in self.hooks if hook.fault is not None)

    @property
    def executors(self) -> dict[str, HookExecutor]:
        """What delivers the runs of each durable hook."""
        running = (hook.running for hook in self.hooks if hook.running is not None)
        return {hook.name: hook.executor for hook in running if hook.executor is not None}

    def literal(self, exchange: Exchange) -> Any:
        """What `route` gives, for a path that a hook has as it stands there; None for others.

        Such a path needs no judging: the hook's own was judged when it was asked for first.
        """
        known = self._literal.get((exchange.method, exchange.raw_path))
        if known is None:
            return None
        exchange.path, exchange.hook, app = known
        return app

    def route(self, exchange: Exchange) -> Any:
        """The ASGI app of the hook that owns the path and method: guards, then the handler.

        HEAD is routed as GET. Raises NotFound and MethodNotAllowed. No path ends with '/': Litestar
        would drop it.
        """
        path = exchange.path
        if path[-1] == "/":
            raise NotFound(no_owner(self._owned(path[:-1])))
        if exchange.method == "OPTIONS" and (answer := self.pages.preflight(exchange)) is not None:
            return answer
        try:
            app, handler, _path, parameters, _template = self._find(
                f"/{_routed(exchange.method)}{path}", None
            )
        except NotFoundException:
            allowed = [method for method in METHODS if self._owns(method, path)]
            raise refusal(allowed) from None
        exchange.hook = handler.name or ""
        exchange.path_params = parameters
        # A request by OPTIONS may be a browser's, which no hook's guard sees.
        if not parameters and exchange.raw_path == path.encode() and exchange.method != "OPTIONS":
            self._literal[exchange.method, exchange.raw_path] = path, exchange.hook, app
        return app

    def _owned(self, path: str) -> bool:
        return any(self._owns(method, path) for method in METHODS)

    def _owns(self, method: str, path: str) -> bool:
        return self._owner(method, path) is not None


def _owner(find: Callable[..., Any], method: str, path: str) -> str | None:
    """The name of the hook that owns a method and a path. A generation that held itself by a method
    of its own would not be freed at once.
    """
    try:
        return find(f"/{method}{path}", None)[1].name or ""
    except NotFoundException:
        return None


def _routed(method: str) -> str:
    return "GET" if method == "HEAD" else method


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


def _cors(hooks: Iterable[Served]) -> dict[str, Cors]:
    running = ((hook.name, hook.running) for hook in hooks if hook.routed)
    return {name: one.cors for name, one in running if one is not None and one.cors is not None}


async def _closed(_exchange: Exchange) -> Answer:
    raise AssertionError("its guard refuses every request before")


def _assembled(
    hooks: Sequence[Served], rest: Callable[[], None]
) -> tuple[Litestar, tuple[Served, ...]]:
    """An app with the routes of all hooks but of those with which there is none."""
    try:
        return _app(hooks, rest), tuple(hooks)
    except Exception:
        sound, culprits = sound_part(hooks, partial(_app, rest=rest))
    refused = {id(hook): _unrouted(hook, error) for hook, error in culprits}
    return _app(sound, rest), tuple(refused.get(id(hook), hook) for hook in hooks)


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


def _take_apart(app: Litestar) -> None:
    """Cut every circle of an app that no request uses any more, so that it is freed at once: the
    collector would have to stop everything to find it. A request holds its generation until it
    is answered.
    """
    for route in app.routes:
        route.route_handler.owner = None  # type: ignore[union-attr]
    for part in (app.asgi_router, app):
        for kind in type(part).__mro__:
            _empty(part, getattr(kind, "__slots__", ()))


def _empty(part: object, attributes: Iterable[str]) -> None:
    for name in attributes:
        with suppress(AttributeError):
            delattr(part, name)


async def _unavailable(_connection: Any, _handler: Any) -> None:
    raise Unavailable(
        "The hook is out of service: its definition has errors. See /-/status.", RETRY_LATER
    )
