"""Answers about runs as a gateway gives them, from a store that is opened here."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import structlog

from gateway.cli.runs.reaching import DeclinedError
from gateway.compile.exchange import Exchange
from gateway.errors import Refusal
from gateway.operate.runs.endpoints import RunEndpoints
from gateway.operate.store_access import StoreAccess
from gateway.runtime.sealing import keys_or_none, sealing_of
from gateway.runtime.secret import SecretStore
from gateway.settings import Settings

_SILENT = 50


class Given:
    """The body of a request that nobody sends."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def here(self, _exchange: Exchange) -> bytes | None:
        """All of it."""
        return self._body

    async def read(self, _exchange: Exchange) -> bytes:
        """All of it."""
        return self._body


class NoHooks:
    """What the endpoints ask about hooks: here is a store alone."""

    generation = None

    def __init__(self, access: StoreAccess) -> None:
        self.store = access

    def gate(self, _hook: str) -> bytes | None:
        """No hook is known."""
        return None


class Opened:
    """Answers as a gateway would, on one connection to the store. Whoever opens one leaves it."""

    def __init__(self, settings: Settings) -> None:
        sealing = keys_or_none(sealing_of(SecretStore(settings.secrets), settings.store.key))
        self._access = StoreAccess(settings, str)
        self._endpoints = RunEndpoints(NoHooks(self._access), sealing)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # ^C ends a statement that is under way; to take leave would be to wait for it.
        if kind is not KeyboardInterrupt:
            self._runner.run(self._access.close())
        self._runner.close()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON of an answer; see `Runs`."""
        try:
            return self._runner.run(self._asked(method, path, body))
        except Refusal as refusal:
            raise DeclinedError(refusal.status, refusal.detail) from None

    def hooks(self) -> list[str]:
        """No hook is loaded."""
        return []

    async def _asked(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        exchange = _exchange(method, path, b"" if body is None else json.dumps(body).encode())
        answer = await self._endpoints.of(exchange.path)[method](exchange)
        told: dict[str, Any] = json.loads(answer.body)
        return told


def be_silent() -> None:
    """Whoever runs a command reads its output, and not the log of a store."""
    silent = structlog.make_filtering_bound_logger(_SILENT)
    structlog.configure(wrapper_class=silent, cache_logger_on_first_use=False)


def _exchange(method: str, target: str, body: bytes) -> Exchange:
    path, _, query = target.partition("?")
    return Exchange(
        method, path, path.encode(), query.encode(), [], {}, "", "", time.perf_counter(),
        Given(body), length=len(body),
    )  # fmt: skip
