"""The HTTP client that invokes workflows: bounded in time and size, follows nothing."""

from __future__ import annotations

import aiohttp
import msgspec
from aiohttp.typedefs import LooseHeaders
from multidict import CIMultiDict
from yarl import URL

from gateway.errors import WorkflowFailure, WorkflowTimeout

KEEPALIVE = 1.5
"""Seconds that an idle connection is kept: fewer than servers keep theirs (gunicorn 2, Node,
uvicorn and Apache 5), because a request on a connection that the server closes at that very
moment is lost, and an invocation is never repeated in silence.
"""


REPEATED = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""Methods that aiohttp sends again where a kept connection fails under them."""


class Reply(msgspec.Struct, frozen=True):
    """What the workflow answered, whole; header names as received."""

    status: int
    headers: LooseHeaders
    content_type: str | None
    content_encoding: str | None
    body: bytes


class _SentOnce(Exception):  # noqa: N818
    """A connection that failed under a request: aiohttp must not send GET, PUT, DELETE again."""


async def _once(
    request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _SentOnce from error


_ONCE = (_once,)
_UNTYPED = ("Content-Type",)


class WorkflowClient:
    """One pool of connections for all hooks. Opened with the first call, on the running loop.

    No redirects, no proxies from the environment, no cookies, no decompression, no repetition.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE, ttl_dns_cache=10),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            raise_for_status=False,
        )

    async def send(
        self,
        method: str,
        url: URL,
        headers: CIMultiDict[str],
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own total deadline
        limit: int | None = None,
    ) -> Reply:
        """Send one request, once, and read its whole answer, at most `limit` bytes.

        `headers` name User-Agent and Accept-Encoding, or aiohttp would say its own.
        Raises WorkflowTimeout when the deadline passes, WorkflowFailure when the workflow cannot
        be reached or does not answer in HTTP, or with too much.
        """
        if self._session is None:
            self._session = self._open()
        try:
            response = await self._session.request(
                method,
                url,
                headers=headers,
                data=body,
                allow_redirects=False,
                timeout=timeout,
                skip_auto_headers=None if "Content-Type" in headers else _UNTYPED,
                middlewares=_ONCE if method in REPEATED else None,
            )
            return await self._whole(response, limit or self._limit)
        except TimeoutError as error:
            raise WorkflowTimeout(
                f"the workflow did not answer within {timeout.total:g} s"
            ) from error
        except (aiohttp.ClientError, _SentOnce, OSError, ValueError) as error:
            raise WorkflowFailure(_reason(error)) from error

    async def _whole(self, response: aiohttp.ClientResponse, limit: int) -> Reply:
        """The answer with its body, whose end gives the connection back; without it, it closes."""
        try:
            body = await self._read(response, limit)
        except BaseException:
            response.close()
            raise
        return Reply(
            response.status,
            response.headers,
            response.headers.get("Content-Type"),
            response.headers.get("Content-Encoding"),
            body,
        )

    async def _read(self, response: aiohttp.ClientResponse, limit: int) -> bytes:
        length = response.content_length
        if length is not None and length > limit:
            raise _too_large(response, limit)
        content = response.content
        body = bytearray()
        while chunk := await content.readany():
            body += chunk
            if len(body) > limit:
                raise _too_large(response, limit)
        return bytes(body)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _too_large(response: aiohttp.ClientResponse, limit: int) -> WorkflowFailure:
    return WorkflowFailure(f"the workflow answered with more than {limit} bytes", response.status)


def _reason(error: Exception) -> str:
    """What happened in words that a caller may read: no address, no name, no library's text."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            return "the workflow's host name was not found"
        case aiohttp.ClientSSLError():
            return "no trusted TLS connection to the workflow could be made"
        case aiohttp.ClientConnectorError():
            return "the workflow could not be reached"
        case aiohttp.ClientPayloadError():
            return "the workflow's answer broke off"
        case aiohttp.ClientResponseError():
            return "the workflow did not answer in HTTP"
        case aiohttp.ClientError() | _SentOnce() | OSError():
            return "the connection to the workflow broke before it answered"
        case _:
            return "a header for the workflow is not fit for HTTP"
