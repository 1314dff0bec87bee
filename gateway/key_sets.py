"""Published keys (JWKS, RFC 7517), fetched by ourselves: rarely, bounded, and never on demand
of a token's header.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import jwt
import msgspec
import structlog
from multidict import CIMultiDict
from yarl import URL

from gateway.errors import Unavailable, WorkflowFailure
from gateway.throttle import retry_after
from gateway.workflow_client import WorkflowClient

MAX_SIZE = 64 * 1024
REFETCH = 30.0
"""Seconds between two fetches, whatever key ids tokens name."""
MAX_AGE = 600.0
"""Seconds after which keys are fetched again while they are in use."""
TIMEOUT = aiohttp.ClientTimeout(total=5)

_FAMILY = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_log = structlog.get_logger("gateway.keys")


class KeySet:
    """The keys of one URL. Old keys are kept while the server is away."""

    def __init__(self, url: str, client: WorkflowClient) -> None:
        self._url = URL(url)
        self._client = client
        self._keys: list[Any] = []
        self._loaded = False
        self._attempted = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    async def keys(self, kid: str | None, algorithm: str) -> list[Any]:
        """The keys that may have signed: of this id, or the only one where no id is given.

        Raises Unavailable while no keys could ever be fetched.
        """
        if time.monotonic() - self._attempted > MAX_AGE or not self._find(kid, algorithm):
            await self._refresh()
        if not self._loaded:
            raise Unavailable("The issuer's keys cannot be fetched.", retry_after(REFETCH))
        return self._find(kid, algorithm)

    def _find(self, kid: str | None, algorithm: str) -> list[Any]:
        family = _FAMILY.get(algorithm[:2])
        usable = [key for key in self._keys if key.key_type == family]
        if kid is None:
            return usable if len(usable) == 1 else []
        return [key for key in usable if key.key_id == kid]

    async def _refresh(self) -> None:
        if self._flight is None:
            if time.monotonic() - self._attempted < REFETCH:
                return
            self._attempted = time.monotonic()
            self._flight = asyncio.get_running_loop().create_task(self._fetch())
            self._flight.add_done_callback(self._landed)
        await asyncio.shield(self._flight)

    def _landed(self, _task: asyncio.Task[None]) -> None:
        self._flight = None

    async def _fetch(self) -> None:
        headers = CIMultiDict({"Accept": "application/jwk-set+json, application/json"})
        try:
            reply = await self._client.send("GET", self._url, headers, None, TIMEOUT, MAX_SIZE)
            if reply.status != 200:
                raise WorkflowFailure(f"the key server answered {reply.status}")
            self._keys = _public_keys(reply.body)
            self._loaded = True
        except (WorkflowFailure, ValueError, msgspec.DecodeError) as error:
            _log.warning("keys not fetched", url=str(self._url), reason=str(error))


def _public_keys(body: bytes) -> list[Any]:
    """Every usable signature key of a set. Symmetric keys are never public: they are left out."""
    document = msgspec.json.decode(body)
    written = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(written, list):
        raise ValueError("the document is no JWK set")
    keys = []
    for entry in written[:64]:
        if not isinstance(entry, dict) or entry.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        if entry.get("use", "sig") != "sig":
            continue
        try:
            keys.append(jwt.PyJWK.from_dict(entry))
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
    return keys


class KeySets:
    """One KeySet for each URL, for the life of the process."""

    def __init__(self, client: WorkflowClient) -> None:
        self._client = client
        self._sets: dict[str, KeySet] = {}

    def of(self, url: str) -> KeySet:
        """The one key set of a URL."""
        return self._sets.setdefault(url, KeySet(url, self._client))
