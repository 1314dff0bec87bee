"""A guard as a hook's author writes it, and callers who knock at it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.compile.check import guard_of
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.guards import compile_guards
from gateway.errors import Refusal
from gateway.language.decode import convert
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.support.exchanges import Body, fields_of

Headers = list[tuple[bytes, bytes]]


class Door:
    """One hook's guards. `status` is 200 where the caller comes in."""

    def __init__(
        self,
        directory: Path,
        authentication: Any,
        secrets: Mapping[str, Any],
        body: bytes = b"",
    ) -> None:
        self.secrets = directory
        self.body = body
        for name, value in secrets.items():
            self.put(name, value)
        self.runtime = Runtime(Settings(hooks=directory, secrets=directory))
        written = {
            "name": "door",
            "authentication": authentication,
            "workflow": "http://w/run",
            "limits": {"failures": "1000000/1s"},
        }
        self.guarding = compile_guards(convert(written), self.runtime)

    def put(self, name: str, value: str | bytes) -> None:
        """Write a secret; `runtime.secrets.refresh()` makes a running gateway see it."""
        data = value.encode() if isinstance(value, str) else value
        (self.secrets / name).write_bytes(data)

    async def knock(self, headers: Headers, query: bytes = b"") -> tuple[Exchange, Refusal | None]:
        """The exchange as the guards leave it, and their refusal."""
        connection = self.connection(headers, query)
        exchange: Exchange = connection.scope[SCOPE_KEY]
        try:
            await guard_of(self.guarding.checks)(connection, None)
        except Refusal as refusal:
            return exchange, refusal
        return exchange, None

    def status(self, headers: Headers, query: bytes = b"") -> int:
        """What one caller gets."""
        refusal = asyncio.run(self.knock(headers, query))[1]
        return 200 if refusal is None else refusal.status

    def connection(self, headers: Headers, query: bytes = b"") -> Any:
        """What a guard takes as the connection of a request."""

        exchange = Exchange(
            method="POST", path="/hooks/door", raw_path=b"/hooks/door", query_string=query,
            headers=headers, fields=fields_of(headers), client="127.0.0.1", request_id="r",
            started=0.0, source=Body(self.body),
        )  # fmt: skip
        return SimpleNamespace(scope={SCOPE_KEY: exchange})
