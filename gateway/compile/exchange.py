"""One request as plain values: what guards, matchers and invokers see of HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.compile.answer import Answer
from gateway.errors import Malformed
from gateway.runtime.throttle import Concurrency

SCOPE_KEY = "gateway.exchange"
"""Where an ASGI scope carries its exchange, so that a Litestar guard finds it."""


class Exchange:
    """A request on its way. Bytes stay bytes until something needs them as text.

    `headers` are lower-case names with values as received (ASGI); `path` and `path_params` are
    decoded, `raw_path` and `query_string` are as received.
    `read_body` reads the body within its deadline and limit, once: guards, matcher and invoker
    share the same bytes. `length` is None for a body whose end will tell. `proven` is whether the
    caller's credentials hold. `charged` are the bytes of memory that are accounted to it,
    `bytes_in` and `bytes_out` the sizes of the bodies that were read and sent. `credential` is
    what the log calls the one that opened the hook. `run` is the id of the activation, given when
    the workflow is invoked; `reason` tells the operator why it failed, or why there was none.
    """

    __slots__ = (
        "_body",
        "_read",
        "answer",
        "body_limit",
        "bytes_in",
        "bytes_out",
        "charged",
        "client",
        "credential",
        "headers",
        "hook",
        "length",
        "method",
        "occupies",
        "outcome",
        "path",
        "path_params",
        "proven",
        "query_string",
        "raw_path",
        "reason",
        "request_id",
        "run",
        "started",
        "status",
        "workflow_ms",
    )

    def __init__(
        self,
        *,
        method: str,
        path: str,
        raw_path: bytes,
        query_string: bytes,
        headers: list[tuple[bytes, bytes]],
        client: str,
        request_id: str,
        started: float,
        read: Callable[[Exchange], Awaitable[bytes]],
    ) -> None:
        self.method = method
        self.path = path
        self.raw_path = raw_path
        self.query_string = query_string
        self.headers = headers
        self.client = client
        self.request_id = request_id
        self.started = started
        self.path_params: dict[str, Any] = {}
        self.hook = ""
        self.run = ""
        self.length: int | None = 0
        self.proven = False
        self.body_limit = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.credential = ""
        self.charged = 0
        self.occupies: Concurrency | None = None
        self.answer: Answer | None = None
        self.status = 0
        self.outcome = ""
        self.reason = ""
        self.workflow_ms = 0.0
        self._read = read
        self._body: bytes | None = None

    async def read_body(self) -> bytes:
        """The raw bytes of the body, read once. Raises TooLarge, BodyTimeout, Incomplete."""
        if self._body is None:
            self._body = await self._read(self)
            self.bytes_in = len(self._body)
        return self._body

    def drop_body(self) -> None:
        """Let go of the body, which nobody asks for again."""
        self._body = b""

    def header(self, name: bytes) -> bytes | None:
        """The value of a header that may stand only once; twice is Malformed.

        `name` is in lower case.
        """
        found: bytes | None = None
        for key, value in self.headers:
            if key == name:
                if found is not None:
                    raise Malformed(f"The header {name.decode('latin-1')} is there twice.")
                found = value
        return found
