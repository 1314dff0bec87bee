"""Invoking a workflow later: what is sent is made of the request, stored, and sent then."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from gateway.compile.exchange import Exchange
from gateway.compile.invoker import UNFIT, Invoker
from gateway.compile.payload import Payload
from gateway.compile.stored_head import StoredHead
from gateway.errors import Unsent
from gateway.ids import traceparent
from gateway.language.spec import Workflow
from gateway.language.template.url import outline
from gateway.runs.invocation import Invocation
from gateway.runtime.runtime import Runtime
from gateway.wire.client import Endpoint, Reply

if TYPE_CHECKING:
    from gateway.compile.outgoing.signature import Ready


class StoringInvoker(Invoker):
    """The invoker of a durable hook, in two halves. Its attempts are the schedule's, one at a time;
    each uses the hook's URL, fixed headers and credentials of its own time.
    """

    def __init__(self, workflow: Workflow, runtime: Runtime) -> None:
        super().__init__(workflow, runtime)
        self._stored = StoredHead(workflow, Endpoint.of(outline(workflow.url)))

    def prepare(self, exchange: Exchange, payload: Payload) -> Invocation:
        """What is stored of a request. Raises Unsent for what is not fit for a header."""
        try:
            lines = self._head.of_request(exchange, payload)
        except ValueError as error:
            raise Unsent(UNFIT) from error
        return Invocation(
            request_id=exchange.request_id,
            trace=traceparent(exchange.header(b"traceparent")),
            headers=tuple(_field(line) for line in lines.values()),
            body=payload.body,
            content_type=payload.content_type,
            query=payload.query,
            target=payload.target,
        )

    def send(self, stored: Invocation, run: str, attempt: int) -> Awaitable[Reply]:
        """The workflow's answer to one attempt, of any status, within the workflow's deadline.

        Raises WorkflowFailure and WorkflowTimeout, and Unavailable while a secret is missing.
        """
        credentials = self._credentials.line()
        try:
            head = self._stored(stored, run, attempt)
        except ValueError as error:
            raise Unsent(UNFIT) from error
        body = stored.body or b""
        if self._signature is not None:
            return self._send_signed(self._signature.seal(head, body, run), body)
        return self._client.send(self._pool, b"%b%b\r\n" % (head, credentials), body, self._seconds)

    async def _send_signed(self, ready: Ready, body: bytes) -> Reply:
        return await self._client.send(self._pool, await ready(), body, self._seconds)


def _field(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("latin-1").removesuffix("\r\n").partition(": ")
    return name, value
