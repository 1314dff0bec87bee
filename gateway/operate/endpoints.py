"""The operators' paths below `/-/`: life, readiness, metrics, status, reload."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from gateway.compile.answer import JSON_TYPE, NO_STORE, Answer
from gateway.compile.exchange import Exchange
from gateway.errors import MethodNotAllowed, NotFound, Unavailable
from gateway.operate.admin_guard import AdminGuard
from gateway.operate.reload import LATER, reload
from gateway.operate.status import describe
from gateway.operate.view import GenerationView, View
from gateway.runtime.runtime import Runtime

SCRAPE = 8.0
"""Seconds that a scrape may take: Prometheus gives up after ten."""
Endpoint = Callable[[Exchange], Awaitable[Answer]]

_encode = msgspec.json.Encoder(enc_hook=str).encode


def answer_json(status: int, body: Any) -> Answer:
    """A JSON answer that no cache may keep."""
    return Answer(status, (JSON_TYPE, NO_STORE), _encode(body))


class Endpoints:
    """Answers operators. Status and reload ask for the admin token; so do the metrics where
    callers can reach them, because they name the hooks.
    """

    def __init__(self, runtime: Runtime, view: View, private: bool) -> None:
        self._admit = AdminGuard(runtime)
        self._view = view
        public: dict[tuple[str, str], Endpoint] = {
            ("GET", "/-/livez"): self._livez,
            ("GET", "/-/readyz"): self._readyz,
        }
        protected: dict[tuple[str, str], Endpoint] = {
            ("GET", "/-/status"): self._status,
            ("POST", "/-/reload"): self._reload,
        }
        (public if private else protected)["GET", "/-/metrics"] = self._metrics
        self._endpoints = {**public, **protected}
        self._protected = frozenset(protected)

    async def __call__(self, exchange: Exchange) -> Answer:
        """The answer to one request; HEAD is answered as GET. Raises a Refusal."""
        method = "GET" if exchange.method == "HEAD" else exchange.method
        key = (method, exchange.path)
        endpoint = self._endpoints.get(key)
        if endpoint is None:
            raise self._refusal(exchange.path)
        if key in self._protected:
            await self._admit(exchange)
        return await endpoint(exchange)

    def _refusal(self, path: str) -> NotFound | MethodNotAllowed:
        allowed = [method for method, known in self._endpoints if known == path]
        if not allowed:
            return NotFound("No endpoint has this path.")
        said = ", ".join([*allowed, "HEAD"] if allowed == ["GET"] else allowed)
        return MethodNotAllowed(f"This endpoint accepts {said}.", ((b"allow", said.encode()),))

    async def _livez(self, _exchange: Exchange) -> Answer:
        return answer_json(200, {"status": "alive"})

    async def _readyz(self, _exchange: Exchange) -> Answer:
        view, generation = self._view, self._view.generation
        if view.draining:
            return answer_json(503, {"status": "draining"})
        if generation is None:
            return answer_json(503, {"status": "starting"})
        if view.board.rejecting:
            return answer_json(503, {"status": "rejected", **_not_serving(generation)})
        return answer_json(200, {"status": "ready", **_not_serving(generation)})

    async def _status(self, _exchange: Exchange) -> Answer:
        return answer_json(200, describe(self._view))

    async def _reload(self, _exchange: Exchange) -> Answer:
        return answer_json(*await reload(self._view))

    async def _metrics(self, exchange: Exchange) -> Answer:
        accept = (exchange.header(b"accept") or b"").decode("latin-1")
        try:
            text, content_type = await self._view.metrics(accept, SCRAPE)
        except TimeoutError:
            raise Unavailable("The metrics could not be collected in time.", LATER) from None
        return Answer(200, ((b"content-type", content_type.encode()), NO_STORE), text)


def _not_serving(generation: GenerationView) -> dict[str, int]:
    """How many hooks do not serve as they are written; their names are in the status."""
    states = [hook.state for hook in generation.hooks]
    return {
        "stale": states.count("stale"),
        "out_of_service": states.count("out of service"),
    }
