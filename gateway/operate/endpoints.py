"""The operators' paths below `/-/`: life, readiness, metrics, status, reload, runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.compile.answer import NO_STORE, Answer
from gateway.compile.exchange import Exchange
from gateway.errors import MethodNotAllowed, NoEndpoint, Unavailable
from gateway.operate.admin_guard import AdminGuard
from gateway.operate.answers import answer_json
from gateway.operate.reload import LATER, reload
from gateway.operate.status import describe
from gateway.operate.store_status import describe_store
from gateway.operate.view import GenerationView, View
from gateway.runtime.runtime import Runtime

if TYPE_CHECKING:
    from gateway.operate.runs.endpoints import RunEndpoints

SCRAPE = 8.0
"""Seconds that a scrape may take: Prometheus gives up after ten."""
Endpoint = Callable[[Exchange], Awaitable[Answer]]


class Endpoints:
    """Answers operators. Status, reload and runs ask for the admin token; so do the metrics where
    callers can reach them, because they name the hooks.
    """

    def __init__(self, runtime: Runtime, view: View, private: bool) -> None:
        self._admit = AdminGuard(runtime)
        self._view = view
        self._sealing = runtime.sealing
        public: dict[tuple[str, str], Endpoint] = {
            ("GET", "/-/livez"): self._livez,
            ("GET", "/-/readyz"): self._readyz,
        }
        protected: dict[tuple[str, str], Endpoint] = {
            ("GET", "/-/status"): self._status,
            ("POST", "/-/reload"): self._reload,
        }
        (public if private else protected)["GET", "/-/metrics"] = self._metrics
        self._public = public
        self._protected = protected

    async def __call__(self, exchange: Exchange) -> Answer:
        """The answer to one request; HEAD is answered as GET. Raises a Refusal."""
        method = "GET" if exchange.method == "HEAD" else exchange.method
        found = self._found(exchange.path)
        endpoint = found.get(method)
        if endpoint is None:
            raise _refusal(found)
        if (method, exchange.path) not in self._public:
            await self._admit(exchange)
        return await endpoint(exchange)

    def _found(self, path: str) -> dict[str, Endpoint]:
        """What answers on a path, by method."""
        known = {**self._public, **self._protected}
        found = {method: one for (method, own), one in known.items() if own == path}
        return found or (self._runs.of(path) if path.startswith("/-/runs") else {})

    @cached_property
    def _runs(self) -> RunEndpoints:
        """Imported when somebody asks: most gateways keep no runs."""
        from gateway.operate.runs.endpoints import RunEndpoints

        return RunEndpoints(self._view, self._sealing)

    async def _livez(self, _exchange: Exchange) -> Answer:
        return answer_json(200, {"status": "alive"})

    async def _readyz(self, _exchange: Exchange) -> Answer:
        view, generation = self._view, self._view.generation
        if view.draining:
            return answer_json(503, {"status": "draining"})
        if generation is not None and view.board.rejecting:
            return answer_json(503, {"status": "rejected", **_not_serving(generation)})
        if generation is None or view.board.starting:
            return answer_json(503, {"status": "starting"})
        # Without a store, direct hooks serve: that alone makes nobody send callers elsewhere.
        store = {"store": "unavailable"} if view.store.problem else {}
        return answer_json(200, {"status": "ready", **_not_serving(generation), **store})

    async def _status(self, _exchange: Exchange) -> Answer:
        return answer_json(200, {**describe(self._view), **await describe_store(self._view)})

    async def _reload(self, _exchange: Exchange) -> Answer:
        return answer_json(*await reload(self._view))

    async def _metrics(self, exchange: Exchange) -> Answer:
        accept = (exchange.header(b"accept") or b"").decode("latin-1")
        try:
            text, content_type = await self._view.metrics(accept, SCRAPE)
        except TimeoutError:
            raise Unavailable("The metrics could not be collected in time.", LATER) from None
        return Answer(200, ((b"content-type", content_type.encode()), NO_STORE), text)


def _refusal(found: dict[str, Endpoint]) -> NoEndpoint | MethodNotAllowed:
    if not found:
        return NoEndpoint("No endpoint has this path.")
    said = ", ".join([*found, "HEAD"] if [*found] == ["GET"] else found)
    return MethodNotAllowed(f"This endpoint accepts {said}.", ((b"allow", said.encode()),))


def _not_serving(generation: GenerationView) -> dict[str, int]:
    """How many hooks do not serve as they are written; their names are in the status."""
    states = [hook.state for hook in generation.hooks]
    return {
        "stale": states.count("stale"),
        "out_of_service": states.count("out of service"),
    }
