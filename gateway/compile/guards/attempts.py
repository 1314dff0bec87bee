"""Failed authentications: a client that guesses is slowed down, and nobody else notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.compile.limits import parse_rate
from gateway.errors import Refusal, TooManyRequests, Unauthenticated
from gateway.language.spec.limits import Limits
from gateway.runtime import Runtime
from gateway.throttle import client_key, retry_after

DEFAULT = "10/1m"

Presented = Callable[[Exchange], bytes | None]
"""What a request offers as its proof; None where it offers nothing."""


class Failures:
    """How often one client may fail at one hook."""

    def __init__(self, hook: str, limits: Limits | UnsetType, runtime: Runtime) -> None:
        written = UNSET if limits is UNSET else limits.failures
        self._hook = hook
        self._rate = parse_rate(DEFAULT if written is UNSET else written)
        self._throttle = runtime.throttle
        self._now = runtime.monotonic

    def charge(self, exchange: Exchange) -> None:
        """Count one failure. Raises TooManyRequests where there were too many already."""
        wait = self._throttle.take(self._client(exchange), self._rate, self._now())
        if wait:
            exchange.outcome = exchange.outcome or "too-many-failures"
            raise TooManyRequests(
                f"More than {self._rate.count} attempts in {self._rate.seconds:g} s failed.",
                retry_after(wait),
            )

    def give_back(self, exchange: Exchange) -> None:
        """Uncount one that was no failure."""
        self._throttle.give_back(self._client(exchange), self._rate)

    def _client(self, exchange: Exchange) -> int:
        return self._throttle.client("failures", self._hook, client_key(exchange.client))


def slow_guesses(
    guard: Any, presented: Presented, failures: Failures, hook: str, runtime: Runtime
) -> Any:
    """A guard for credentials that could be guessed: each new one counts until it proves right.

    One that was right before is never held up, wherever it comes from: a guesser may well share
    its address. It is still looked at, so that it opens nothing once it is revoked. A new one
    over the limit is not looked at, so that no hash is computed for it.
    """
    accepted = runtime.accepted

    async def guarded(connection: Any, handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        credential = presented(exchange)
        if credential is None:
            await guard(connection, handler)
            return
        digest = accepted.digest(hook.encode(), credential)
        known = digest in accepted
        if not known:
            failures.charge(exchange)
        try:
            await guard(connection, handler)
        except Unauthenticated:
            accepted.forget(digest)
            raise
        except Refusal:
            if not known:
                failures.give_back(exchange)
            raise
        if not known:
            failures.give_back(exchange)
        accepted.add(digest)

    return guarded


def count_failures(guard: Any, presented: Presented, failures: Failures) -> Any:
    """A guard for proofs that cannot be guessed: a right one always opens, whatever came before."""

    async def guarded(connection: Any, handler: Any) -> None:
        try:
            await guard(connection, handler)
        except Unauthenticated:
            exchange: Exchange = connection.scope[SCOPE_KEY]
            if presented(exchange) is not None:
                failures.charge(exchange)
            raise

    return guarded
