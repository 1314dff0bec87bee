"""A hook's guards in a process whose clocks stand still until they are told to go on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.hook import Hook
from gateway.errors import Refusal
from gateway.language.decode import convert
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from tests.support.exchanges import Body, fields_of

NOW = 1_700_000_000.0
ADDRESS = "203.0.113.9"


class Entrance:
    """One hook and its callers. `now` is its clock, in POSIX seconds."""

    def __init__(self, directory: Path, authentication: Any, **written: Any) -> None:
        self.now = NOW
        self._directory = directory
        self._written = {
            "name": "door",
            "method": "POST",
            "authentication": authentication,
            "workflow": "http://127.0.0.1:1/run",
            **written,
        }
        settings = Settings(hooks=directory, secrets=directory)
        self.runtime = Runtime(settings, lambda: self.now, lambda: self.now - NOW + 1000.0)
        self.hook = self.compiled()

    def compiled(self, **written: Any) -> Hook:
        """The hook, compiled again with other keys."""
        return Hook(convert({**self._written, **written}), self.runtime)

    def put(self, name: str, value: bytes) -> None:
        """Write a secret, and let the process see it."""
        (self._directory / name).write_bytes(value)
        self.runtime.secrets.refresh()

    async def call(
        self,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        client: str = ADDRESS,
        method: str = "POST",
    ) -> Outcome:
        """Pass the guards, as far as they let."""
        body_reader = Body(body)
        exchange = _exchange(headers or {}, body_reader, client, method)
        connection = SimpleNamespace(scope={SCOPE_KEY: exchange})
        refusal = None
        try:
            for guard in self.hook.guards:
                await guard(connection, None)
        except Refusal as refused:
            refusal = refused
        return Outcome(exchange, refusal, body_reader.was_read)

    async def statuses(self, count: int, headers: Mapping[str, str], **call: Any) -> list[int]:
        """The statuses of the same call, again and again."""
        return [(await self.call(headers, **call)).status for _ in range(count)]


class Outcome:
    """What came of a call; `status` is 200 where the guards let it in."""

    def __init__(self, exchange: Exchange, refusal: Refusal | None, body_was_read: bool) -> None:
        self.exchange = exchange
        self.refusal = refusal
        self.status = 200 if refusal is None else refusal.status
        self.body_was_read = body_was_read

    @property
    def retry_after(self) -> int:
        """The seconds of the Retry-After header."""
        assert self.refusal is not None
        return int(dict(self.refusal.headers)[b"retry-after"])


def _exchange(headers: Mapping[str, str], body: Body, client: str, method: str) -> Exchange:
    lines = [(name.lower().encode(), text.encode()) for name, text in headers.items()]
    return Exchange(
        method=method, path="/hooks/door", raw_path=b"/hooks/door", query_string=b"",
        headers=lines, fields=fields_of(lines), client=client, request_id="r", started=0.0,
        source=body,
    )  # fmt: skip
