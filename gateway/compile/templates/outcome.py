"""What templates of an answer read: the workflow's answer, and what is kept of the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from gateway.compile.exchange import Exchange, Kept
from gateway.compile.header_text import header_text
from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.compile.templates.inputs import HEADROOM, SMALL, Inputs
from gateway.errors import Unmappable, WorkflowFailure
from gateway.language.values import Path
from gateway.wire.client import Reply

MOST = 1024 * 1024 + HEADROOM
"""Bytes that the templates of one answer may make."""

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
_NOTHING = Kept(MISSING, {})

Keep = Callable[[Inputs], Kept]


class Outcome(Inputs):
    """The inputs of one answer. `reply` is None where the workflow has not answered, `failure` is
    None where it has succeeded.
    """

    __slots__ = ("_failure", "_outputs", "_reply")

    def __init__(
        self, exchange: Exchange, reply: Reply | None, failure: WorkflowFailure | None = None
    ) -> None:
        kept = exchange.kept or _NOTHING
        super().__init__(exchange, None, kept.query)
        self.body = kept.body
        self._run = exchange.run
        self._reply = reply
        self._failure = failure
        self._outputs: Any = None

    @property
    def small(self) -> bool:
        """The same of what the workflow has answered. What is kept of a body may hold files."""
        if self.exchange.kept is not None or self.exchange.sender.claims is not None:
            return False
        return self._reply is None or len(self._reply.body) <= SMALL

    @property
    def status(self) -> int | None:
        """The status that the workflow answered, where it did."""
        if self._reply is not None:
            return self._reply.status
        return None if self._failure is None else self._failure.status_code

    def take(self, size: int) -> None:
        """Count bytes that were made. Raises Unmappable for more than an answer has."""
        self._taken += size
        if self._taken > MOST:
            raise Unmappable(f"The answer would be larger than {MOST} bytes.")

    def answered(self, root: str, path: Path) -> Any:
        """What the workflow has answered, or how it has failed; MISSING where there is nothing."""
        name, *rest = path
        if root == "failure":
            assert self._failure is not None  # noqa: S101 - lint has seen to it
            return self._failure.reason if name == "reason" else self._failure.kind
        if name == "duration_ms":
            return self.exchange.workflow_ms
        if name == "status":
            return MISSING if self.status is None else self.status
        if self._reply is None:
            return MISSING
        if name == "headers":
            value = self._reply.headers.get(str(rest[0]).encode())
            return MISSING if value is None else header_text(value)
        value = compile_path(tuple(rest))(self._decoded()) if rest else self._decoded()
        return MISSING if value is ASTRAY else value

    def _decoded(self) -> Any:
        assert self._reply is not None  # noqa: S101
        if self._outputs is None:
            self._outputs = self._found(self._reply) if self._reply.body else MISSING
        return self._outputs

    def _found(self, reply: Reply) -> Any:
        """The outputs. What a workflow answers when it fails is often a page, which has none."""
        try:
            return decode_outputs(reply)
        except WorkflowFailure:
            if self._failure is None:
                raise
            return MISSING


def decode_outputs(reply: Reply) -> Any:
    """The JSON that a workflow has answered, with numbers exact. Raises WorkflowFailure."""
    try:
        return _decode(reply.body)
    except _NOT_JSON as error:
        reason = "the workflow's outputs are not JSON, and the answer is made of them"
        raise WorkflowFailure(reason, reply.status) from error


def compile_keep(paths: Iterable[Path]) -> Keep:
    """What keeps the parts of the body at some paths, with the query."""
    ways = sorted(set(paths), key=len)
    if not ways or not ways[0]:
        whole = bool(ways)
        return lambda inputs: Kept(inputs.body if whole else MISSING, inputs.query)
    return lambda inputs: Kept(select(inputs.body, tuple(ways)), inputs.query)


def select(outputs: Any, paths: tuple[Path, ...]) -> dict[str, Any]:
    """Just these results, their structure kept; what is not there is left out. The whole of
    something goes before its parts, which it holds.

    An element of an array is kept under its index as a member: `{"items": {"0": …}}`.
    """
    chosen: dict[str, Any] = {}
    for path in paths:
        value, found = _at(outputs, path)
        if found:
            _put(chosen, path, value)
    return chosen


def _at(value: Any, path: Path) -> tuple[Any, bool]:
    for segment in path:
        if isinstance(value, dict) and str(segment) in value:
            value = value[str(segment)]
        elif isinstance(value, list) and isinstance(segment, int) and segment < len(value):
            value = value[segment]
        else:
            return None, False
    return value, True


def _put(chosen: dict[str, Any], path: Path, value: Any) -> None:
    for segment in path[:-1]:
        nested = chosen.setdefault(str(segment), {})
        if not isinstance(nested, dict):
            return
        chosen = nested
    chosen.setdefault(str(path[-1]), value)
