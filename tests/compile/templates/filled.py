"""One hook and one request, without a server: what would be sent."""

from __future__ import annotations

from typing import Any

from gateway.compile.body import Received, decode_body, decode_query
from gateway.compile.encoder import PayloadEncoder
from gateway.compile.exchange import Exchange
from gateway.compile.invocation_head import InvocationHead
from gateway.compile.payload import Payload
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.mapping import Mapped
from gateway.language.decode import convert
from gateway.language.inputs import workflow_of
from gateway.language.literals import encode_json
from gateway.language.template.url import outline
from gateway.wire.client import Endpoint
from tests.support.exchanges import an_exchange

LIMIT = 1024 * 1024
ORIGIN = "http://flows.internal:8000"


class Filled:
    """A hook whose workflow is called with these keys."""

    def __init__(self, method: Any = "POST", **workflow: Any) -> None:
        written = {"url": f"{ORIGIN}/run", **workflow}
        hook = convert({"name": "a", "method": method, "workflow": written})
        self.workflow = workflow_of(hook)
        self.mapped = Mapped(hook, self.workflow, {})
        self._encoder = PayloadEncoder(self.workflow, False, False, self.mapped)
        self._head = InvocationHead(self.workflow, Endpoint.of(outline(self.workflow.url)))

    def payload(
        self, body: Any = None, query: str = "", exchange: Exchange | None = None
    ) -> Payload:
        """What is made of a JSON body. Raises a Refusal."""
        exchange, encoded, received = _arrived(body, exchange or an_exchange())
        return self._encoder.fill(exchange, encoded, received, decode_query(query.encode()), None)

    def one_by_one(self, body: Any) -> Payload:
        """The same without shortcuts for a short body."""
        exchange, encoded, received = _arrived(body, an_exchange())
        inputs = Inputs(exchange, received, {})
        payload = self._encoder.encode(exchange, encoded, received, inputs)
        return self.mapped.addressed(payload, inputs)

    def head(self, payload: Payload) -> bytes:
        """The head of the invocation with a payload."""
        return self._head(an_exchange(), payload) + b"\r\n"


def _arrived(body: Any, exchange: Exchange) -> tuple[Exchange, bytes, Received | None]:
    encoded = b"" if body is None else encode_json(body)
    exchange.body_limit, exchange.hook = LIMIT, "a"
    exchange.bytes_in = len(encoded)
    received = None if body is None else decode_body(b"application/json", encoded)
    return exchange, encoded, received
