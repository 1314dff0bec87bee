"""Invoking the workflow: one HTTP request, built from parts that were resolved before."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from math import inf
from urllib.parse import quote

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from gateway import __version__
from gateway.compile.exchange import Exchange
from gateway.compile.guards.credentials import cell_of
from gateway.compile.payload import Payload, header_text
from gateway.errors import Unavailable, WorkflowFailure, WorkflowTimeout
from gateway.ids import traceparent
from gateway.language.literals import text_of
from gateway.language.quantities import parse_duration
from gateway.language.spec import Workflow
from gateway.language.spec.workflow import (
    BasicWorkflowAuthentication,
    BearerWorkflowAuthentication,
)
from gateway.runtime.runtime import Runtime
from gateway.runtime.secret import Cell
from gateway.runtime.workflow_client import Reply

USER_AGENT = f"webhook-gateway/{__version__}"
RETRIED = frozenset({502, 503, 504})
FIRST_PAUSE = 0.1
"""Seconds before the second attempt; doubled before each further one."""


class Invoker:
    """Sends a hook's data to its workflow. `cells` are the references it cannot do without."""

    def __init__(self, workflow: Workflow, runtime: Runtime) -> None:
        self._client = runtime.client
        self._method = workflow.method
        self._url = _url(workflow)
        self._headers = CIMultiDict({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        self._headers.update(workflow.headers)
        self._forwarded = tuple((n.lower().encode(), n) for n in workflow.forward_headers)
        self._seconds = parse_duration(workflow.timeout)
        self._timeout = _deadline(self._seconds)
        self._attempts = workflow.retry.attempts
        self._authentication = workflow.authentication
        self._cell = _cell(workflow, runtime)
        self.cells = () if self._cell is None else (self._cell,)

    async def __call__(self, exchange: Exchange, payload: Payload) -> Reply:
        """The workflow's answer, of any status.

        Path parameters are handed on as headers, `X-Path-<Name>`, percent-encoded. Raises
        WorkflowFailure and WorkflowTimeout; a redirect is a failure, as nothing follows it.
        """
        headers = self._request_headers(exchange, payload)
        url = self._url.extend_query(payload.query) if payload.query else self._url
        if self._attempts == 1:
            return await self._client.send(self._method, url, headers, payload.body, self._timeout)
        return await self._persist(url, headers, payload.body)

    async def _persist(self, url: URL, headers: CIMultiDict[str], body: bytes | None) -> Reply:
        """Attempts within one deadline, all with the same idempotency key."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        for attempt in range(1, self._attempts + 1):
            left = _deadline(max(deadline - loop.time(), 0.001))
            last = attempt == self._attempts
            try:
                reply = await self._client.send(self._method, url, headers, body, left)
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

    def _request_headers(self, exchange: Exchange, payload: Payload) -> CIMultiDict[str]:
        headers = self._headers.copy()
        for received, name in self._forwarded:
            values = [value for key, value in exchange.headers if key == received]
            if values:
                headers[name] = header_text(b", ".join(values))
        for name, value in exchange.path_params.items():
            headers[f"X-Path-{name.replace('_', '-').title()}"] = quote(value)
        headers["Idempotency-Key"] = exchange.run
        headers["X-Request-Id"] = exchange.request_id
        headers["traceparent"] = traceparent(exchange.header(b"traceparent"))
        if payload.content_type is not None:
            headers["Content-Type"] = payload.content_type
        if payload.content_encoding is not None:
            headers["Content-Encoding"] = payload.content_encoding
        if self._cell is not None:
            headers["Authorization"] = self._credentials(self._cell)
        return headers

    def _credentials(self, cell: Cell) -> str:
        secret = cell.secret
        if secret is None:
            raise Unavailable("The hook is out of service.", ((b"retry-after", b"30"),))
        if isinstance(self._authentication, BasicWorkflowAuthentication):
            pair = self._authentication.username.encode() + b":" + secret.reveal()
            return "Basic " + b64encode(pair).decode("ascii")
        return "Bearer " + header_text(secret.reveal())


def _deadline(seconds: float) -> aiohttp.ClientTimeout:
    """Of the whole invocation; aiohttp rounds what reaches its threshold up to a whole second."""
    return aiohttp.ClientTimeout(total=seconds, ceil_threshold=inf)


def _url(workflow: Workflow) -> URL:
    url = URL(workflow.url)
    pairs = [(name, text_of(value) or "") for name, value in workflow.query.items()]
    return url.extend_query(pairs) if pairs else url


def _cell(workflow: Workflow, runtime: Runtime) -> Cell | None:
    match workflow.authentication:
        case BasicWorkflowAuthentication(password=reference):
            return cell_of(reference, runtime)
        case BearerWorkflowAuthentication(token=reference):
            return cell_of(reference, runtime)
    return None
