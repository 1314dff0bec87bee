"""What the workflow receives: exactly what the rules saw, or the bytes untouched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from gateway.compile.body import Received, decode_body
from gateway.compile.exchange import Exchange
from gateway.compile.forms import encode_form, flatten
from gateway.errors import NoMatch, UnsupportedMedia
from gateway.language.spec import Workflow

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

_encode_json = msgspec.json.Encoder().encode


class Payload(msgspec.Struct, frozen=True):
    """The data of one invocation: a body with its type, or query parameters.

    `content_encoding` is that of a body which is handed on as it was received.
    """

    body: bytes | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    query: tuple[tuple[str, str], ...] = ()


class PayloadEncoder:
    """How a hook's data is encoded for its workflow; resolved once.

    `decodes` says whether the body must be understood first: then another type is a 415.
    """

    __slots__ = ("_format", "_in_query", "_remedy", "_static", "decodes")

    def __init__(self, workflow: Workflow, needs_body: bool) -> None:
        self._format: Literal["json", "form", "raw"] | None = (
            None if workflow.format is UNSET else workflow.format
        )
        self._in_query = workflow.method not in WITH_BODY
        self._static = workflow.body
        self._remedy = _remedy(workflow, needs_body)
        self.decodes = needs_body or (
            self._format != "raw"
            and (self._format is not None or self._in_query or bool(self._static))
        )

    async def read(self, exchange: Exchange, query: Mapping[str, Any]) -> Received | None:
        """The received parameters, decoded; None where nothing needs them decoded."""
        if exchange.method not in WITH_BODY:
            return Received("none", query)
        body = await exchange.read_body()
        if not self.decodes:
            return None
        try:
            _refuse_encoded(exchange.header(b"content-encoding"))
            return decode_body(exchange.header(b"content-type"), body)
        except UnsupportedMedia as refusal:
            refusal.reason = f"{refusal.reason} {self._remedy}"
            raise

    async def encode(self, exchange: Exchange, received: Received | None) -> Payload:
        """Raises NoMatch where static members cannot be merged over what was received."""
        if received is None or (self._format == "raw" and exchange.method in WITH_BODY):
            return await _raw(exchange)
        value = self._merged(received.value)
        if self._in_query:
            return Payload(query=flatten(_mapping(value)))
        if received.kind == "none" and exchange.method in WITH_BODY and not self._static:
            return Payload()
        if (self._format or _kept(received.kind)) == "form":
            return Payload(encode_form(_mapping(value)), FORM)
        return Payload(_encode_json(value), self._json_type(exchange, received))

    def _json_type(self, exchange: Exchange, received: Received) -> str:
        """`application/json`, or what the caller said instead, such as `application/ld+json`."""
        if received.kind != "json" or self._format is not None:
            return JSON
        return _said(exchange, b"content-type") or JSON

    def _merged(self, value: Any) -> Any:
        return {**_mapping(value), **self._static} if self._static else value


def _remedy(workflow: Workflow, needs_body: bool) -> str:
    """What the operator can change, for bodies that cannot be decoded."""
    if needs_body:
        return "The rules of `match.body` must read it; without them it is handed on unread."
    if workflow.body:
        return "`workflow.body` is merged into it; without that key it is handed on unread."
    if workflow.method not in WITH_BODY:
        return (
            f"`workflow.method: {workflow.method}` sends it as a query; write POST and "
            "`format: raw` to hand it on unread."
        )
    return "`workflow.format` must read it; write `format: raw` to hand it on unread."


def _kept(kind: str) -> str:
    return "form" if kind in ("form", "multipart") else "json"


async def _raw(exchange: Exchange) -> Payload:
    body = await exchange.read_body()
    if not body:
        return Payload()
    return Payload(body, _said(exchange, b"content-type"), _said(exchange, b"content-encoding"))


def _said(exchange: Exchange, name: bytes) -> str | None:
    value = exchange.header(name)
    return header_text(value) if value else None


def header_text(value: bytes) -> str:
    """A header's value as text that is sent on as the same bytes, where they are UTF-8."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _refuse_encoded(encoding: bytes | None) -> None:
    if encoding is not None and encoding.lower() != b"identity":
        raise UnsupportedMedia(
            "The body is compressed, which this hook cannot read; send it without "
            "Content-Encoding.",
            ((b"accept-encoding", b"identity"),),
            reason="The body is compressed.",
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NoMatch("The body must be a JSON object: this hook's workflow takes parameters.")
    return value
