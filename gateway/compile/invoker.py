"""Invoking the workflow: one HTTP request, built from parts that were resolved before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from msgspec import UNSET

from gateway.compile.exchange import Exchange
from gateway.compile.guards.credentials import cell_of
from gateway.compile.invocation_head import InvocationHead
from gateway.compile.needs import Need
from gateway.compile.outgoing.headers import HeaderCredentials
from gateway.compile.payload import Payload
from gateway.errors import Unsent, WorkflowFailure, WorkflowTimeout
from gateway.language.quantities import parse_duration
from gateway.language.spec import Workflow
from gateway.language.spec.outgoing import SignatureWorkflowAuthentication
from gateway.language.template.url import outline
from gateway.runtime.identities import ClientIdentity
from gateway.runtime.runtime import Runtime
from gateway.wire.client import Endpoint, Reply

if TYPE_CHECKING:
    from gateway.compile.outgoing.signature import Ready, SignatureCredentials

RETRIED = frozenset({502, 503, 504})
FIRST_PAUSE = 0.1
"""Seconds before the second attempt; doubled before each further one."""
UNFIT = "a header for the workflow is not valid in HTTP"


class Invoker:
    """Sends a hook's data to its workflow. `needs` are what it cannot do without."""

    def __init__(self, workflow: Workflow, runtime: Runtime) -> None:
        endpoint = Endpoint.of(outline(workflow.url))
        self._client = runtime.client
        identity = _identity(workflow, runtime)
        self._pool = runtime.client.pool(endpoint, identity)
        self._head = InvocationHead(workflow, endpoint)
        self._seconds = parse_duration(workflow.timeout)
        self._attempts = workflow.retry.attempts
        self._credentials = HeaderCredentials(workflow.authentication, runtime)
        self._signature = _signature(workflow, endpoint, runtime)
        proofs = self._credentials.needs if self._signature is None else self._signature.needs
        certificate: tuple[Need, ...] = () if identity is None else (identity,)
        self.needs = (*proofs, *certificate)

    def __call__(self, exchange: Exchange, payload: Payload) -> Awaitable[Reply]:
        """The workflow's answer, of any status.

        Path parameters are handed on as headers, `X-Path-<Name>`, percent-encoded. Raises
        WorkflowFailure and WorkflowTimeout; a redirect is a failure, as nothing follows it.
        """
        try:
            head = self._head(exchange, payload)
        except ValueError as error:
            raise Unsent(UNFIT) from error
        body = payload.body or b""
        if self._signature is not None:
            return self._persist(self._signature.seal(head, body, exchange.run), body)
        whole = b"%b%b\r\n" % (head, self._credentials.line())
        if self._attempts == 1:
            return self._client.send(self._pool, whole, body, self._seconds)
        return self._persist(_always(whole), body)

    async def _persist(self, ready: Ready, body: bytes) -> Reply:
        """Attempts within one deadline, all with the same idempotency key; each has a head of its
        own, which may be signed anew.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        for attempt in range(1, self._attempts + 1):
            head = await ready()
            left = max(deadline - loop.time(), 0.001)
            last = attempt == self._attempts
            try:
                reply = await self._client.send(self._pool, head, body, left)
                if last or reply.status not in RETRIED:
                    return reply
            except WorkflowTimeout as error:
                raise self._too_late() from error
            except WorkflowFailure as error:
                if last or error.status_code is not None:
                    raise
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            if loop.time() + pause >= deadline:
                raise self._too_late()
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _too_late(self) -> WorkflowTimeout:
        return WorkflowTimeout(f"{WorkflowTimeout.BEGINS} {self._seconds:g} s")


def _identity(workflow: Workflow, runtime: Runtime) -> ClientIdentity | None:
    if workflow.tls is UNSET:
        return None
    certificate = cell_of(workflow.tls.certificate, runtime)
    key = cell_of(workflow.tls.key, runtime)
    assert certificate is not None  # noqa: S101 - a SecretReference is always a reference
    assert key is not None  # noqa: S101
    return runtime.identities.of(certificate, key)


def _signature(
    workflow: Workflow, endpoint: Endpoint, runtime: Runtime
) -> SignatureCredentials | None:
    """What signs a workflow's invocations, None where nothing does."""
    if not isinstance(workflow.authentication, SignatureWorkflowAuthentication):
        return None
    # With it comes cryptography, eleven megabytes, when a workflow asks.
    from gateway.compile.outgoing.signature import SignatureCredentials

    return SignatureCredentials(workflow.authentication, endpoint, runtime)


def _always(head: bytes) -> Ready:
    async def ready() -> bytes:
        return head

    return ready
