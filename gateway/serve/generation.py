"""All hooks of one snapshot as one immutable Litestar app."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, get_args
from weakref import finalize

from litestar.exceptions import NotFoundException

from gateway.compile.cors import Cors
from gateway.compile.exchange import Exchange
from gateway.compile.executor import HookExecutor
from gateway.errors import NotFound
from gateway.language.diagnostic import Diagnostic
from gateway.language.spec.hook import Method
from gateway.serve.hook_app import assembled, take_apart
from gateway.serve.pages import Pages
from gateway.serve.served import Served
from gateway.serve.unowned import no_owner, refusal

METHODS: tuple[str, ...] = (*get_args(Method), "OPTIONS")


def _no_rest() -> None:
    pass


class Generation:
    """What serves: routes, their states, and the diagnostics of the snapshot it was built from.

    `rest` is called often while it is built. A hook that cannot be routed is out of service.

    The app is never changed after it is built.
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
        self.app, self.hooks = assembled(hooks, rest)
        self.diagnostics = (*diagnostics, *self.faults)
        self._find = self.app.asgi_router.handle_routing
        self._owner = partial(_owner, self._find)
        self.pages = Pages(_cors(self.hooks), self._owner, METHODS)
        self._literal: dict[tuple[str, bytes], tuple[str, str, Any]] = {}
        """Of the paths without parameters that were asked for: decoded, with hook and app."""
        finalize(self, take_apart, self.app).atexit = False

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


def _cors(hooks: Iterable[Served]) -> dict[str, Cors]:
    running = ((hook.name, hook.running) for hook in hooks if hook.routed)
    return {name: one.cors for name, one in running if one is not None and one.cors is not None}
