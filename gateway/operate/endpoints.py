"""The reserved prefix `/-/`: liveness, readiness, status."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from gateway.compile.answer import JSON_TYPE, Answer
from gateway.compile.exchange import Exchange
from gateway.compile.guards.challenge import challenge
from gateway.errors import MethodNotAllowed, NotFound
from gateway.runtime.runtime import Runtime
from gateway.runtime.secret import Secret
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
        self._runtime = runtime
        self._endpoints = {**public, **protected}
        self._protected = frozenset(protected)

    async def __call__(self, exchange: Exchange, send: Any) -> None:
        """Answer one request. Raises a Refusal."""
        key = (exchange.method, exchange.path)
        endpoint = self._endpoints.get(key)
        if endpoint is None:
            raise self._refusal(exchange.path)
        if key in self._protected:
            self._authorise(exchange)
        await send_answer(send, exchange, await endpoint(exchange))

    def _refusal(self, path: str) -> NotFound | MethodNotAllowed:
        allowed = ", ".join(method for method, known in self._endpoints if known == path)
        if not allowed:
            return NotFound("There is nothing here.")
        return MethodNotAllowed(f"This takes {allowed}.", ((b"allow", allowed.encode()),))

    def _authorise(self, exchange: Exchange) -> None:
        secret = admin_secret(self._runtime)
        expected = b"" if secret is None else secret.sha256
        header = exchange.header(b"authorization") or b""
        presented = sha256(header[7:].strip(b" ")).digest()
        same = hmac.compare_digest(expected, presented)
        if not same or header[:7].lower() != b"bearer ":
            raise challenge("Bearer", "admin")


def admin_secret(runtime: Runtime) -> Secret | None:
    """The admin token: a secret as it is now, or the random one of this start."""
    settings = runtime.settings
    if settings.admin_token:
        return runtime.secrets.cell("secret", settings.admin_token).secret
    return Secret(settings.admin_token_value.encode()) if settings.admin_token_value else None


def health(
    runtime: Runtime, current: Callable[[], Generation | None]
) -> dict[tuple[str, str], Endpoint]:
    """`/-/livez` says that the process answers, `/-/readyz` whether to send it traffic."""

    async def livez(_exchange: Exchange) -> Answer:
        return answer_json(200, {"status": "alive"})

    async def readyz(_exchange: Exchange) -> Answer:
        generation = current()
        if runtime.draining:
            return answer_json(503, {"status": "draining"})
        if generation is None:
            return answer_json(503, {"status": "starting"})
        return answer_json(200, {"status": "ready", **_not_serving(generation)})

    return {("GET", "/-/livez"): livez, ("GET", "/-/readyz"): readyz}


def _not_serving(generation: Generation) -> dict[str, list[str]]:
    return {
        "stale": [hook.name for hook in generation.hooks if hook.state == "stale"],
        "out_of_service": [
            hook.name or hook.route for hook in generation.hooks if hook.state == "out of service"
        ],
    }
