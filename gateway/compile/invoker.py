"""Invoking the workflow: one HTTP request, built from parts that were resolved before."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable

from msgspec import UNSET

from gateway.compile.exchange import Exchange
from gateway.compile.guards.credentials import cell_of
from gateway.compile.invocation_head import InvocationHead
from gateway.compile.needs import Need
from gateway.compile.payload import Payload
from gateway.errors import Unavailable, WorkflowFailure, WorkflowTimeout
from gateway.language.quantities import parse_duration
from gateway.language.spec import Workflow
from gateway.language.spec.workflow import (
    BasicWorkflowAuthentication,
    BearerWorkflowAuthentication,
)
from gateway.language.template.url import outline
from gateway.runtime.identities import ClientIdentity
from gateway.runtime.runtime import Runtime
from gateway.runtime.secret import Cell, Secret
from gateway.wire.client import Endpoint, Reply
from gateway.wire.client.head import line

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
        self._credentials = _Credentials(workflow, runtime)
        certificate: tuple[Need, ...] = () if identity is None else (identity,)
        self.needs = (*self._credentials.cells, *certificate)

    def __call__(self, exchange: Exchange, payload: Payload) -> Awaitable[Reply]:
        """The workflow's answer, of any status.

        Path parameters are handed on as headers, `X-Path-<Name>`, percent-encoded. Raises
        WorkflowFailure and WorkflowTimeout; a redirect is a failure, as nothing follows it.
        """
        try:
            head = self._head(exchange, payload, self._credentials.line())
        except ValueError as error:
            raise WorkflowFailure(UNFIT) from error
        body = payload.body or b""
        if self._attempts == 1:
            return self._client.send(self._pool, head, body, self._seconds)
        return self._persist(head, body)

    async def _persist(self, head: bytes, body: bytes) -> Reply:
        """Attempts within one deadline, all with the same idempotency key."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        for attempt in range(1, self._attempts + 1):
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
        return WorkflowTimeout(f"the workflow did not answer within {self._seconds:g} s")


class _Credentials:
    """The header line with the workflow's credentials, made once for each value of the secret."""

    __slots__ = ("_authentication", "_cell", "_line", "_secret", "cells")

    def __init__(self, workflow: Workflow, runtime: Runtime) -> None:
        self._authentication = workflow.authentication
        self._cell = _cell(workflow, runtime)
        self._secret: Secret | None = None
        self._line = b""
        self.cells = () if self._cell is None else (self._cell,)

    def line(self) -> bytes:
        """The line, empty where the workflow asks for none. Raises ValueError for a secret that
        is not fit for a header, Unavailable while there is none.
        """
        if self._cell is None:
            return b""
        secret = self._cell.secret
        if secret is None:
            raise Unavailable("The hook is out of service.", ((b"retry-after", b"30"),))
        if secret is not self._secret:
            self._line = line(b"Authorization", self._value(secret.reveal()))
            self._secret = secret
        return self._line

    def _value(self, secret: bytes) -> bytes:
        if isinstance(self._authentication, BasicWorkflowAuthentication):
            return b"Basic " + b64encode(self._authentication.username.encode() + b":" + secret)
        return b"Bearer " + secret


def _identity(workflow: Workflow, runtime: Runtime) -> ClientIdentity | None:
    if workflow.tls is UNSET:
        return None
    certificate = cell_of(workflow.tls.certificate, runtime)
    key = cell_of(workflow.tls.key, runtime)
    assert certificate is not None  # noqa: S101 - a SecretReference is always a reference
    assert key is not None  # noqa: S101
    return runtime.identities.of(certificate, key)


def _cell(workflow: Workflow, runtime: Runtime) -> Cell | None:
    match workflow.authentication:
        case BasicWorkflowAuthentication(password=reference):
            return cell_of(reference, runtime)
        case BearerWorkflowAuthentication(token=reference):
            return cell_of(reference, runtime)
    return None
