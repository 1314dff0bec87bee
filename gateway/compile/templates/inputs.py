"""What templates read of one request, and how a reference finds it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.compile.body import Received
from gateway.compile.exchange import Exchange
from gateway.compile.header_text import header_text
from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.errors import Unmappable
from gateway.ids import uuid7
from gateway.language.template import CLAIMS, Reference
from gateway.language.values import Path

HEADROOM = 64 * 1024
"""Bytes that may be made beyond the limit of the request's body."""

SMALL = 1024
"""Bytes that need not be counted, however often they are sent: at most 64 times."""


class Inputs:
    """The inputs of one request. `body` is MISSING where there is none."""

    __slots__ = ("_received", "_run", "_taken", "body", "exchange", "query")

    def __init__(
        self, exchange: Exchange, received: Received | None, query: Mapping[str, Any]
    ) -> None:
        nothing = received is None or received.kind == "none"
        self.body: Any = MISSING if nothing else received.value  # type: ignore[union-attr]
        self.query = query
        self.exchange = exchange
        self._received = received
        self._taken = 0
        self._run = ""

    @property
    def run(self) -> str:
        """The id of the activation, made when it is first asked for; see `drawn`."""
        if not self._run:
            self._run = uuid7()
        return self._run

    @property
    def drawn(self) -> str:
        """The id of the activation where a template has read it, else nothing."""
        return self._run

    @property
    def small(self) -> bool:
        """Whether all templates of a hook together cannot make too much of values as they are. A
        form that may hold files never is: they are no JSON.
        """
        exchange, received = self.exchange, self._received
        # A body that came compressed is larger than what came in.
        body = max(exchange.bytes_in, len(exchange.body or b""))
        size = body + len(exchange.query_string)
        files = received is not None and received.parts
        return size <= SMALL and exchange.sender.claims is None and not files

    def answered(self, root: str, path: Path) -> Any:
        """What the workflow has answered, or how it has failed."""
        raise AssertionError(f"'{root}' is read before the workflow has answered: {path}")

    def take(self, size: int) -> None:
        """Count bytes that were made. Raises Unmappable for more than the workflow is sent."""
        self._taken += size
        limit = self.exchange.body_limit + HEADROOM
        if self._taken > limit:
            raise Unmappable(
                f"The data for the workflow would be larger than {limit} bytes. Send less data."
            )

    def apart(self, find: Find) -> Any:
        """What is found, without counting it as sent to the workflow. Raises Unmappable."""
        taken = self._taken
        try:
            return find(self)
        finally:
            self._taken = taken


Find = Callable[[Inputs], Any]


def compile_reference(reference: Reference) -> Find:
    """What finds an input, MISSING where it is not there."""
    return _ROOTS[reference.root](reference.path)


def _body(path: Path) -> Find:
    if not path:
        return lambda inputs: inputs.body
    names = names_of(path)
    if names is not None:
        return _member(*names)
    find = compile_path(path)

    def found(inputs: Inputs) -> Any:
        value = find(inputs.body)
        return MISSING if value is ASTRAY else value

    return found


def names_of(path: Path) -> tuple[str, str | None] | None:
    """The name of a member of the body, and of the member that contains it where one does; None
    for a path that is longer, or leads through an array.
    """
    if not 1 <= len(path) <= 2:
        return None
    *around, name = path
    if not isinstance(name, str):
        return None
    if not around:
        return name, None
    return (name, around[0]) if isinstance(around[0], str) else None


def _member(name: str, container: str | None) -> Find:
    """A member of the body, or of a member of it: what most templates read, in half the time."""
    if container is None:

        def outer(inputs: Inputs) -> Any:
            body = inputs.body
            return body.get(name, MISSING) if type(body) is dict else MISSING

        return outer

    def inner(inputs: Inputs) -> Any:
        body = inputs.body
        if type(body) is not dict:
            return MISSING
        found = body.get(container)
        return found.get(name, MISSING) if type(found) is dict else MISSING

    return inner


def _query(path: Path) -> Find:
    if not path:
        return lambda inputs: inputs.query
    name = str(path[0])
    return lambda inputs: inputs.query.get(name, MISSING)


def _headers(path: Path) -> Find:
    name = str(path[0]).encode()

    def found(inputs: Inputs) -> Any:
        value = inputs.exchange.fields.get(name)
        if value is None:
            return MISSING
        # Several lines are one list with commas (RFC 9110 §5.3).
        return header_text(value if isinstance(value, bytes) else b", ".join(value))

    return found


def _path(path: Path) -> Find:
    if not path:
        return lambda inputs: inputs.exchange.path_params
    name = str(path[0])
    return lambda inputs: inputs.exchange.path_params.get(name, MISSING)


def _sender(path: Path) -> Find:
    name, *rest = path
    if name != CLAIMS:
        return _SENDER[str(name)]
    find = compile_path(tuple(rest)) if rest else None

    def found(inputs: Inputs) -> Any:
        claims = inputs.exchange.sender.claims
        if claims is None:
            return MISSING
        value = claims if find is None else find(claims)
        return MISSING if value is ASTRAY else value

    return found


def _timestamp(inputs: Inputs) -> Any:
    timestamp = inputs.exchange.sender.timestamp
    return MISSING if timestamp is None else timestamp


_SENDER: dict[str, Find] = {
    "credential": lambda inputs: inputs.exchange.credential or MISSING,
    "username": lambda inputs: inputs.exchange.sender.username or MISSING,
    "id": lambda inputs: inputs.exchange.sender.id or MISSING,
    "timestamp": _timestamp,
    "address": lambda inputs: inputs.exchange.client or MISSING,
}


def _received(inputs: Inputs) -> str:
    """When the head of the request was there, in UTC with milliseconds."""
    instant = time.time() - (time.perf_counter() - inputs.exchange.started)
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


_REQUEST: dict[str, Find] = {
    "id": lambda inputs: inputs.exchange.request_id,
    "received": _received,
    "method": lambda inputs: inputs.exchange.method,
}

_ROOTS: dict[str, Callable[[Path], Find]] = {
    "body": _body,
    "query": _query,
    "headers": _headers,
    "path": _path,
    "sender": _sender,
    "request": lambda path: _REQUEST[str(path[0])],
    "hook": lambda _path: lambda inputs: inputs.exchange.hook,
    "run": lambda _path: lambda inputs: inputs.run,
    "workflow": lambda path: lambda inputs: inputs.answered("workflow", path),
    "failure": lambda path: lambda inputs: inputs.answered("failure", path),
}
