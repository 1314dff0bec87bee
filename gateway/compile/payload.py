"""What the workflow receives: the bytes that came, or what is made of what the rules saw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import UNSET

from gateway.compile.body import Received, decode_body
from gateway.compile.exchange import Exchange
from gateway.compile.forms import encode_form, flatten
from gateway.compile.multipart_form import Part, encode_multipart
from gateway.compile.names import Names
from gateway.errors import NoMatch, UnsupportedMedia
from gateway.language.literals import encode_json
from gateway.language.spec import Workflow

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
JSON = "application/json"
_JSON = JSON.encode()
FORM = "application/x-www-form-urlencoded"


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

    `decodes` says whether the body must be understood first: then another type is a 415. Numbers
    are decoded exactly where something is made of them, or where `exact` says that rules need it.
    """

    __slots__ = (
        "_as_received",
        "_exact",
        "_format",
        "_in_query",
        "_names",
        "_remedy",
        "_static",
        "decodes",
    )

    def __init__(self, workflow: Workflow, needs_body: bool, exact: bool) -> None:
        self._format: Literal["json", "form", "raw"] | None = (
            None if workflow.format is UNSET else workflow.format
        )
        self._in_query = workflow.method not in WITH_BODY
        self._static = workflow.body
        self._remedy = _remedy(workflow, needs_body)
        self._names = _written(workflow)
        self._as_received = not (self._in_query or self._static or self._format == "form")
        self._exact = exact or not self._as_received
        self.decodes = needs_body or (
            self._format != "raw"
            and (self._format is not None or self._in_query or bool(self._static))
        )

    def read(
        self, exchange: Exchange, body: bytes | None, query: Mapping[str, Any]
    ) -> Received | None:
        """The received parameters, decoded; None where nothing needs them decoded.

        `body` is None for a method that has none.
        """
        if body is None:
            return Received("none", query)
        if not self.decodes:
            return None
        try:
            if b"content-encoding" in exchange.fields:
                _refuse_encoded(exchange.header(b"content-encoding"))
            return decode_body(exchange.header(b"content-type"), body, exact=self._exact)
        except UnsupportedMedia as refusal:
            refusal.reason = f"{refusal.reason} {self._remedy}"
            raise

    def encode(self, exchange: Exchange, body: bytes | None, received: Received | None) -> Payload:
        """What is sent: JSON as its bytes were, where nothing is added to it.

        Raises NoMatch where members cannot be merged over what was received, UnsupportedMedia for
        files where the workflow takes no form that has them.
        """
        if received is None or (self._format == "raw" and body is not None):
            return _raw(exchange, body)
        if received.kind == "json" and self._as_received:
            return Payload(body, self._json_type(exchange, received))
        if received.kind == "multipart" and self._format is None and not self._in_query:
            return Payload(*encode_multipart(self._merged_parts(received.parts)))
        _refuse_files(received.parts)
        return self._encoded(exchange, received)

    def _encoded(self, exchange: Exchange, received: Received) -> Payload:
        if self._in_query:
            return Payload(query=flatten(self._merged_parameters(received.value)))
        if received.kind == "none" and exchange.method in WITH_BODY and not self._static:
            return Payload()
        if (self._format or _kept(received.kind)) == "form":
            return Payload(encode_form(self._merged_parameters(received.value)), FORM)
        return Payload(
            encode_json(self._merged(received.value)), self._json_type(exchange, received)
        )

    def _json_type(self, exchange: Exchange, received: Received) -> str:
        """`application/json`, or what the caller said instead, such as `application/ld+json`."""
        said = exchange.header(b"content-type")
        if not said or said == _JSON or received.kind != "json" or self._format is not None:
            return JSON
        return header_text(said)

    def _merged(self, value: Any) -> Any:
        return {**_mapping(value), **self._static} if self._static else value

    def _merged_parameters(self, value: Any) -> Mapping[str, Any]:
        """Without the names that would be taken for the author's: in a query or a form, a name
        that is there beside them can win over them.
        """
        received = _mapping(value)
        kept = {name: one for name, one in received.items() if name not in self._names}
        return {**kept, **self._static}

    def _merged_parts(self, parts: tuple[Part, ...]) -> Iterator[Part]:
        yield from (part for part in parts if part.name not in self._names)
        for name, text in flatten(self._static):
            yield Part(name, text.encode())


def _written(workflow: Workflow) -> Names:
    """The names that the author gives a value to where the data is sent."""
    if workflow.method in WITH_BODY:
        return Names(workflow.body)
    in_url = (name for name, _ in parse_qsl(urlsplit(workflow.url).query, keep_blank_values=True))
    return Names([*in_url, *workflow.query, *workflow.body])


def _remedy(workflow: Workflow, needs_body: bool) -> str:
    """What the operator can change, for bodies that cannot be decoded."""
    if needs_body:
        return "The rules of `match.body` must read the body; without them, it is forwarded unread."
    if workflow.body:
        return "`workflow.body` is merged into the body; without this key, it is forwarded unread."
    if workflow.method not in WITH_BODY:
        return (
            f"`workflow.method: {workflow.method}` sends the body as a query; write POST and "
            "`format: raw` to forward it unread."
        )
    return (
        "The gateway must read the body for `workflow.format`; write `format: raw` to forward it "
        "unread."
    )


def _kept(kind: str) -> str:
    return "form" if kind == "form" else "json"


def _refuse_files(parts: Iterable[Part]) -> None:
    if any(part.filename is not None for part in parts):
        raise UnsupportedMedia(
            "The form contains a file, but this hook's workflow takes only fields; send them "
            "without the file."
        )


def _raw(exchange: Exchange, body: bytes | None) -> Payload:
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
            "This hook cannot read a compressed body; send it without Content-Encoding.",
            ((b"accept-encoding", b"identity"),),
            reason="The body is compressed; `receive.encoding` can accept that.",
        )


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise NoMatch("The body must be a JSON object: this hook's workflow takes parameters.")
    return value
