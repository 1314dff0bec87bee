"""What the workflow receives of a body that `receive` has read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from gateway.compile.body import Received, decode_body
from gateway.compile.encoder import PayloadEncoder
from gateway.compile.exchange import Exchange
from gateway.compile.header_text import header_text
from gateway.compile.names import NO_NAMES, Names
from gateway.compile.payload import JSON, Payload
from gateway.compile.receiving.embedded import named
from gateway.compile.receiving.rewriting import TEXT
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.mapping import Mapped
from gateway.errors import Malformed
from gateway.language.spec import Receive, Workflow


class ReadEncoder(PayloadEncoder):
    """An encoder whose bodies are those that a BodyReader has put in the place of the received
    ones, with the type of its `reading`.
    """

    __slots__ = ("_field", "_text", "_unchanged")

    def __init__(
        self,
        receive: Receive,
        workflow: Workflow,
        needs_body: bool,
        exact: bool,
        mapped: Mapped,
        rule_names: Names = NO_NAMES,
    ) -> None:
        super().__init__(workflow, needs_body, exact, mapped, rule_names)
        self._field = "" if receive.field is UNSET else f"The form's field {receive.field!r}"
        self._text = receive.as_ == "text"
        self._unchanged = self._as_received and self._format is None
        read = (receive.as_, receive.field, receive.json_in)
        self.decodes = self.decodes or any(one is not UNSET for one in read)

    def read(
        self, exchange: Exchange, body: bytes | None, query: Mapping[str, Any]
    ) -> Received | None:
        """As without `receive`; a text is a value of the kind `text`."""
        if body is None or not self.decodes:
            return super().read(exchange, body, query)
        if self._text and body:
            return Received("text", _text(body))
        try:
            return decode_body(self._type(exchange), body, exact=self._exact)
        except Malformed as error:
            raise named(error, self._field) if self._field else error from None

    def encode(
        self,
        exchange: Exchange,
        body: bytes | None,
        received: Received | None,
        inputs: Inputs | None = None,
    ) -> Payload:
        """As without `receive`, but that a body whose kind nobody asked for has its own type."""
        if self._replaces:
            return super().encode(exchange, body, received, inputs)
        if body is not None and self._format == "raw":
            return super().encode(exchange, _received(exchange), None)
        if body and received is None:
            return Payload(body, self._said_type(exchange))
        if received is not None and received.kind == "text" and self._unchanged:
            return Payload(body, TEXT.decode())
        return super().encode(exchange, body, received, inputs)

    def _json_type(self, exchange: Exchange, received: Received) -> str:
        if received.kind != "json" or self._format is not None:
            return super()._json_type(exchange, received)
        return self._said_type(exchange) or JSON

    def _said_type(self, exchange: Exchange) -> str | None:
        content_type = self._type(exchange)
        return header_text(content_type) if content_type else None

    def _type(self, exchange: Exchange) -> bytes | None:
        return None if exchange.reading is None else exchange.reading.content_type


def _received(exchange: Exchange) -> bytes:
    return b"" if exchange.reading is None else exchange.reading.received


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Malformed("The body is not valid UTF-8.") from None
