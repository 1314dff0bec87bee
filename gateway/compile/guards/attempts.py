"""Failed authentications: a client that guesses is slowed down, and nobody else notices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from gateway.compile.check import Check
from gateway.compile.exchange import Exchange
from gateway.compile.guards.presented import Verify
from gateway.compile.limits import rate_of
from gateway.errors import Refusal, TooManyRequests, Unauthenticated
from gateway.language.spec.limits import Limits
from gateway.runtime.runtime import Runtime
from gateway.runtime.throttle import Memory, client_key, retry_after

DEFAULT = "10/1m"

LONG = 32
"""Bytes of a credential that nobody finds by trying."""


class Proof(NamedTuple):
    """`shown` is what a request offers as its proof, None where it offers nothing; `guessable`
    whether such a thing could be found by trying.
    """

    shown: Callable[[Exchange], bytes | None]
    guessable: Callable[[bytes], bool]


class Failures:
    """How often one client may fail at one hook."""

    def __init__(self, hook: str, limits: Limits | UnsetType, runtime: Runtime) -> None:
        written = UNSET if limits is UNSET else limits.failures
        self._hook = hook
        self._rate = rate_of(DEFAULT if written is UNSET else written)
        self._throttle = runtime.throttle
        self._now = runtime.monotonic

    def charge(self, exchange: Exchange) -> None:
        """Count one failure. Raises TooManyRequests where there were too many already."""
        wait = self._throttle.take(self._client(exchange), self._rate, self._now())
        if wait:
            exchange.outcome = "too-many-failures"
            raise TooManyRequests(
                "Too many failed attempts: the limit is "
                f"{self._rate.count} in {self._rate.seconds:g} s.",
                retry_after(wait),
            )

    def admit(self, exchange: Exchange) -> None:
        """Count nothing. Raises TooManyRequests where there were too many failures already."""
        self.charge(exchange)
        self.give_back(exchange)

    def give_back(self, exchange: Exchange) -> None:
        """Uncount one that was no failure."""
        self._throttle.give_back(self._client(exchange), self._rate)

    def _client(self, exchange: Exchange) -> int:
        return self._throttle.client("failures", self._hook, client_key(exchange.client))


def limited(check: Verify, proof: Proof, failures: Failures, hook: str, runtime: Runtime) -> Check:
    """A check whose failures are counted, so that guessing is slow and nobody else notices.

    What cannot be guessed is always looked at, and opens whatever came before. What could be
    counts until it proves right, and beyond the limit it is not looked at, so that no hash is
    computed for it; one that was right before is exempt, since a guesser may well share the
    address of those who know. It is still looked at: once revoked it opens nothing.
    """
    accepted = runtime.accepted

    async def counted(exchange: Exchange, shown: bytes) -> None:
        digest = accepted.digest(hook.encode(), shown)
        with _counting(failures, exchange, accepted, digest):
            waits = check(exchange, shown)
            if waits is not None:
                await waits

    async def awaited(exchange: Exchange, waits: Awaitable[None], offered: bool) -> None:
        try:
            await waits
        except Unauthenticated:
            if offered:
                failures.charge(exchange)
            raise

    def counting(exchange: Exchange) -> Awaitable[None] | None:
        shown = proof.shown(exchange)
        if shown is not None and proof.guessable(shown):
            return counted(exchange, shown)
        try:
            waits = check(exchange, shown)
        except Unauthenticated:
            if shown is not None:
                failures.charge(exchange)
            raise
        return None if waits is None else awaited(exchange, waits, shown is not None)

    return counting


@contextmanager
def _counting(
    failures: Failures, exchange: Exchange, accepted: Memory, digest: bytes
) -> Iterator[None]:
    """Counts an attempt before it is made: those at the same time count as well."""
    known = digest in accepted
    if not known:
        failures.charge(exchange)
    try:
        yield
    except Unauthenticated:
        accepted.forget(digest)
        raise
    except Refusal:
        # Nobody has looked at it.
        if not known:
            failures.give_back(exchange)
        raise
    if not known:
        failures.give_back(exchange)
    accepted.add(digest)
