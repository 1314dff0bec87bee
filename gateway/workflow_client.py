"""The HTTP client that invokes workflows: bounded in time and size, follows nothing."""

from __future__ import annotations

import aiohttp
import msgspec
from multidict import CIMultiDict
from yarl import URL

from gateway.errors import WorkflowFailure, WorkflowTimeout

# Node closes idle connections after 5 s; a connection that is reused at that moment is lost.
KEEPALIVE = 4.0


class Reply(msgspec.Struct, frozen=True):
    """What the workflow answered, whole; header names as received."""

    status: int
    headers: aiohttp.typedefs.LooseHeaders
    content_type: str | None
    content_encoding: str | None
    body: bytes


class WorkflowClient:
    """One pool of connections for all hooks. Opened with the first call, on the running loop.

    No redirects, no proxies from the environment, no cookies, no decompression.
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
            skip_auto_headers=("User-Agent", "Content-Type", "Accept-Encoding"),
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
        """Send one request and read its whole answer, at most `limit` bytes.

        Raises WorkflowTimeout when the deadline passes, WorkflowFailure when the workflow cannot
        be reached or does not answer in HTTP, or with too much.
        """
        if self._session is None:
            self._session = self._open()
        try:
            async with self._session.request(
                method, url, headers=headers, data=body, allow_redirects=False, timeout=timeout
            ) as response:
                return Reply(
                    response.status,
                    response.headers,
                    response.headers.get("Content-Type"),
                    response.headers.get("Content-Encoding"),
                    await self._read(response, limit or self._limit),
                )
        except TimeoutError as error:
            raise WorkflowTimeout(
                f"the workflow did not answer within {timeout.total:g} s"
            ) from error
        except aiohttp.ClientConnectorError as error:
            raise WorkflowFailure("the workflow could not be reached") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise WorkflowFailure("the connection to the workflow broke") from error

    async def _read(self, response: aiohttp.ClientResponse, limit: int) -> bytes:
        length = response.content_length
        if length is not None and length > limit:
            raise _too_large(response, limit)
        body = bytearray()
        async for chunk in response.content.iter_any():
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
    response.close()
    return WorkflowFailure(f"the workflow answered with more than {limit} bytes", response.status)
