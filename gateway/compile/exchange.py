"""One request as plain values: what guards, matchers and invokers see of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from gateway.compile.answer import Answer
from gateway.compile.sender import NOBODY, Sender
from gateway.errors import Malformed
from gateway.runtime.throttle import Concurrency

if TYPE_CHECKING:
    from gateway.compile.templates.keys import Keys

SCOPE_KEY = "gateway.exchange"
"""Where an ASGI scope carries its exchange, so that a Litestar guard finds it."""

Fields = Mapping[bytes, bytes | list[bytes]]
"""Header fields by their names in lower case; a list where a name came more than once."""


class Reading(msgspec.Struct, frozen=True):
    """That the body of an exchange is what a hook reads it as, and no more what came.

    `content_type` is the type that it has now; `received` are the bytes that came, where they are
    needed; `key` is the API key that was in it.
    """

    content_type: bytes | None
    received: bytes = b""
    key: bytes | None = None


class Kept(msgspec.Struct, frozen=True):
    """The inputs of a request that are read again when it is answered: of the body no more than
    that, since the rest is let go before the workflow is called.
    """

    body: Any
    query: Mapping[str, Any]


class BodySource(Protocol):
    """Where bodies come from. Both charge the body to the exchange and raise TooLarge; `read`
    counts the exchange's `bytes_in`.
    """

    def here(self, exchange: Exchange) -> bytes | None:
        """The whole body where it came together with its head, None where it must be awaited."""

    async def read(self, exchange: Exchange) -> bytes:
        """The whole body. Raises BodyTimeout, Incomplete and Misframed as well."""


class Incoming(Protocol):
    """A request as the wire has it."""

    def whole(self) -> bytes | None:
        """The body where it is whole already, given once; else None, and it is received."""

    async def receive(self) -> Any:
        """ASGI's `receive`."""


class Unread:
    """The body of a request whose body nobody asks for."""

    def here(self, _exchange: Exchange) -> bytes | None:
        return b""

    async def read(self, _exchange: Exchange) -> bytes:
        return b""


def milliseconds(started: float) -> float:
    """Milliseconds since a reading of `time.perf_counter`, in whole microseconds.

    `round` to three digits takes three times as long, twice in each request.
    """
    return int((perf_counter() - started) * 1_000_000) / 1000


class Exchange(msgspec.Struct, eq=False):
    """A request on its way. Bytes stay bytes until something needs them as text.

    `headers` are lower-case names with values as received (ASGI), `fields` the same by name;
    `path` and `path_params` are decoded, `raw_path` and `query_string` are as received.
    `read_body` reads the body within its deadline and limit, once: guards, matcher and invoker
    share the same bytes. `length` is None for a body whose end will tell. `proven` is whether the
    caller's credentials hold. `charged` are the bytes of memory that are accounted to it,
    `bytes_in` and `bytes_out` the sizes of the bodies as far as they were read and sent.
    `credential` is what the log calls the one that opened the hook, and `sender` what it tells.
    `run` is the id of the activation, given when the workflow is invoked; `reason` tells the
    operator why it failed, or why there was none.
    `incoming` is None where there is no body to read. `kept` is what templates of the answer read
    of the request, `keys` are those of the run that a durable hook makes of it.
    """

    method: str
    path: str
    raw_path: bytes
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
    fields: Fields
    client: str
    request_id: str
    started: float
    source: BodySource
    incoming: Incoming | None = None
    path_params: dict[str, Any] = {}
    hook: str = ""
    run: str = ""
    length: int | None = 0
    proven: bool = False
    body: bytes | None = None
    reading: Reading | None = None
    body_limit: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    credential: str = ""
    sender: Sender = NOBODY
    charged: int = 0
    occupies: Concurrency | None = None
    answer: Answer | None = None
    status: int = 0
    outcome: str = ""
    reason: str = ""
    workflow_ms: float = 0.0
    kept: Kept | None = None
    keys: Keys | None = None

    def body_here(self) -> bytes | None:
        """The body where nobody has to wait for it. Raises TooLarge."""
        body = self.body
        if body is None:
            body = self.source.here(self)
            if body is not None:
                self.body = body
                self.bytes_in = len(body)
        return body

    async def read_body(self) -> bytes:
        """The raw bytes of the body, read once. Raises TooLarge, BodyTimeout, Incomplete,
        Misframed.
        """
        body = self.body_here()
        if body is None:
            body = self.body = await self.source.read(self)
        return body

    def drop_body(self) -> None:
        """Let go of the body, which nobody asks for again."""
        self.body = b""

    def header(self, name: bytes) -> bytes | None:
        """The value of a header that may stand only once; twice is Malformed.

        `name` is in lower case.
        """
        value = self.fields.get(name)
        if isinstance(value, list):
            raise Malformed(f"The header {name.decode('latin-1')} appears more than once.")
        return value

    def lines(self, name: bytes) -> list[bytes]:
        """Every value of a header, in order; none where it is missing."""
        value = self.fields.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]
