"""Published keys (JWKS, RFC 7517), fetched by ourselves: rarely, bounded, and never from where a
token says.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
import structlog

from gateway import __version__
from gateway.errors import Unavailable, WorkflowFailure
from gateway.language.lint.jwt import on_this_machine
from gateway.runtime.throttle import retry_after
from gateway.runtime.token_keys import BadKey, TokenKey, from_jwk
from gateway.runtime.workflow_client import WorkflowClient
from gateway.wire.client import Endpoint
from gateway.wire.client.errors import CallError
from gateway.wire.client.head import head

MAX_SIZE = 64 * 1024
MAX_KEYS = 64
REFETCH = 30.0
"""Seconds between two fetches, whatever key ids tokens name."""
FRESH = 300.0
"""Seconds after which keys in use are fetched again while nobody waits for it."""
MAX_AGE = 600.0
"""Seconds without a fetch after which a request waits for one: a key that was revoked meanwhile
must not open a hook that nobody called for a while."""

TIMEOUT = 5.0
"""Seconds for a fetch in all."""

_FIELDS = {
    "Accept": "application/jwk-set+json, application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"webhook-gateway/{__version__}",
}
_log = structlog.get_logger("gateway.keys")


class KeySet:
    """The keys of one URL. The last good ones are kept while the server is away.

    `problem` says why the URL is never called; it is empty where it may be.
    """

    def __init__(
        self, url: str, client: WorkflowClient, clock: Callable[[], float], timeout: float
    ) -> None:
        endpoint = Endpoint.of(url)
        self._shown = f"{endpoint.scheme}://{endpoint.authority}{endpoint.path}"
        self._client = client
        self._pool = client.pool(endpoint)
        self._head = head("GET", endpoint, _FIELDS) + b"\r\n"
        self._clock = clock
        self._timeout = timeout
        self._keys: tuple[TokenKey, ...] = ()
        self._attempted = self._fetched = float("-inf")
        self._flight: asyncio.Task[None] | None = None
        private = endpoint.scheme == "https" or on_this_machine(endpoint.host)
        self.remedy = ""
        self.problem = "" if private else f"the URL {self._shown} must start with https://"

    async def keys(self, kid: str | None, algorithm: str) -> list[TokenKey]:
        """The keys that may have signed: of this id, or the only one where no id is given.

        Raises Unavailable while no keys could ever be fetched.
        """
        now = self._clock()
        found = self._find(kid, algorithm)
        if not found or now - self._attempted > MAX_AGE:
            if (flight := self._refresh(now)) is not None:
                await asyncio.shield(flight)
            found = self._find(kid, algorithm)
        elif now - self._fetched > FRESH:
            self._refresh(now)
        if not self._keys:
            wait = max(self._attempted + REFETCH - self._clock(), 1.0)
            raise Unavailable("The issuer's keys are not available yet.", retry_after(wait))
        return found

    async def close(self) -> None:
        """Give up a fetch that is on its way."""
        if self._flight is not None:
            self._flight.cancel()
            await asyncio.wait([self._flight])

    def _find(self, kid: str | None, algorithm: str) -> list[TokenKey]:
        usable = [key for key in self._keys if algorithm in key.algorithms]
        if kid is None:
            return usable if len(usable) == 1 else []
        return [key for key in usable if key.id == kid]

    def _refresh(self, now: float) -> asyncio.Task[None] | None:
        """The one fetch that is on its way; a new one where the last is long enough ago."""
        if self._flight is None and not self.problem and now - self._attempted >= REFETCH:
            self._attempted = now
            self._flight = asyncio.get_running_loop().create_task(self._fetch())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, _task: asyncio.Task[None]) -> None:
        self._flight = None

    async def _fetch(self) -> None:
        try:
            reply = await self._client.send(self._pool, self._head, b"", self._timeout, MAX_SIZE)
            if reply.status != 200:
                raise BadKey(f"the server answered {reply.status}")
            self._keys = _read(reply.body)
        except WorkflowFailure as error:
            self._complain(_why(error))
        except BadKey as error:
            self._complain(str(error))
        else:
            self._fetched = self._clock()
            _log.info("keys fetched", url=self._shown, count=len(self._keys))

    def _complain(self, reason: str) -> None:
        kept = len(self._keys)
        _log.warning("keys not fetched", url=self._shown, reason=reason, kept=kept)


def _why(error: WorkflowFailure) -> str:
    """What an operator can act on: why there is no connection, but nothing that was answered."""
    reason = error.reason.replace("the workflow", "the server")
    if isinstance(error.__cause__, CallError) and str(error.__cause__):
        return f"{reason}: {error.__cause__}"
    return reason


def _read(body: bytes) -> tuple[TokenKey, ...]:
    """The usable keys of a set. Raises BadKey where there is none: such a set is an accident, and
    no reason to forget the keys that were there before.
    """
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadKey("the answer is not JSON") from None
    written = document.get("keys") if isinstance(document, dict) else None
    keys = []
    for entry in written[:MAX_KEYS] if isinstance(written, list) else ():
        try:
            keys.append(from_jwk(entry if isinstance(entry, dict) else {}))
        except BadKey:
            continue
    if not keys:
        raise BadKey("the answer contains no usable key")
    return tuple(keys)


class KeySets:
    """One KeySet for each URL, for the life of the process."""

    def __init__(
        self,
        client: WorkflowClient,
        clock: Callable[[], float] = time.monotonic,
        timeout: float = TIMEOUT,
    ) -> None:
        self._client = client
        self._clock = clock
        self._timeout = timeout
        self._sets: dict[str, KeySet] = {}

    def of(self, url: str) -> KeySet:
        """The one key set of a URL."""
        if url not in self._sets:
            self._sets[url] = KeySet(url, self._client, self._clock, self._timeout)
        return self._sets[url]

    async def close(self) -> None:
        """Give up every fetch that is on its way."""
        for key_set in self._sets.values():
            await key_set.close()
