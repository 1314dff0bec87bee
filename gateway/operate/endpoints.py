"""The reserved prefix `/-/`: liveness, readiness, status."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from gateway.compile.answer import JSON_TYPE, Answer
from gateway.compile.exchange import Exchange
from gateway.errors import MethodNotAllowed, NotFound
from gateway.operate.admin_guard import AdminGuard
from gateway.reload.messages import Board
from gateway.runtime.runtime import Runtime
from gateway.serve.answering import send_answer
from gateway.serve.generation import Generation

Endpoint = Callable[[Exchange], Awaitable[Answer]]

_encode = msgspec.json.Encoder(enc_hook=str).encode


def answer_json(status: int, body: Any) -> Answer:
    """A JSON answer that no cache may keep."""
    return Answer(status, (JSON_TYPE, (b"cache-control", b"no-store")), _encode(body))


class Endpoints:
    """Routes `/-/` requests by path and method; `protected` ones ask for the admin token."""

    def __init__(
        self,
        runtime: Runtime,
        public: Mapping[tuple[str, str], Endpoint],
        protected: Mapping[tuple[str, str], Endpoint],
    ) -> None:
        self._admit = AdminGuard(runtime)
        self._endpoints = {**public, **protected}
        self._protected = frozenset(protected)

    async def __call__(self, exchange: Exchange, send: Any) -> None:
        """Answer one request. Raises a Refusal."""
        method = "GET" if exchange.method == "HEAD" else exchange.method
        key = (method, exchange.path)
        endpoint = self._endpoints.get(key)
        if endpoint is None:
            raise self._refusal(exchange.path)
        if key in self._protected:
            await self._admit(exchange)
        await send_answer(send, exchange, await endpoint(exchange))

    def _refusal(self, path: str) -> NotFound | MethodNotAllowed:
        allowed = ", ".join(method for method, known in self._endpoints if known == path)
        if not allowed:
            return NotFound("There is nothing here.")
        return MethodNotAllowed(f"This takes {allowed}.", ((b"allow", allowed.encode()),))


def health(
    runtime: Runtime, current: Callable[[], Generation | None], board: Callable[[], Board]
) -> dict[tuple[str, str], Endpoint]:
    """`/-/livez` says that the process answers, `/-/readyz` whether to send it traffic: not where
    a worker could not take over what the files say.
    """

    async def livez(_exchange: Exchange) -> Answer:
        return answer_json(200, {"status": "alive"})

    async def readyz(_exchange: Exchange) -> Answer:
        generation = current()
        if runtime.draining:
            return answer_json(503, {"status": "draining"})
        if generation is None:
            return answer_json(503, {"status": "starting"})
        if board().rejecting:
            return answer_json(503, {"status": "rejected", **_not_serving(generation)})
        return answer_json(200, {"status": "ready", **_not_serving(generation)})

    return {("GET", "/-/livez"): livez, ("GET", "/-/readyz"): readyz}


def _not_serving(generation: Generation) -> dict[str, list[str]]:
    return {
        "stale": [hook.name for hook in generation.hooks if hook.state == "stale"],
        "out_of_service": [
            hook.name or hook.route for hook in generation.hooks if hook.state == "out of service"
        ],
    }
