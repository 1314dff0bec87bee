"""A hook's limits as checks: a client's own before the credentials, everybody's behind them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET, UnsetType

from gateway.compile.check import Check
from gateway.compile.exchange import Exchange
from gateway.errors import TooLarge, TooManyRequests, Unavailable
from gateway.language.quantities import parse_rate, parse_size
from gateway.language.spec.limits import Limits
from gateway.runtime.runtime import Runtime
from gateway.runtime.throttle import Concurrency, Rate, client_key, retry_after

_Take = Callable[[Exchange], None]
"""Counts a request. Raises TooManyRequests."""


def rate_of(text: str) -> Rate:
    """`100/1m` as a Rate. The text has passed validation."""
    return Rate(*parse_rate(text))


def concurrency_of(written: Limits | UnsetType, usual: int) -> int:
    """How many requests of a hook may be in flight, `usual` where it does not say."""
    said = UNSET if written is UNSET else written.concurrency
    return usual if said is UNSET else said


def client_limits(hook: str, written: Limits | UnsetType, runtime: Runtime) -> Check:
    """The check of what one caller may cost, whoever it is: it stands before the credentials.

    It raises TooLarge and TooManyRequests.
    """
    body = runtime.settings.limits.body
    take: _Take | None = None
    if written is not UNSET:
        body = body if written.body is UNSET else parse_size(written.body)
        if written.rate_per_client is not UNSET:
            take = _of_each_client(hook, rate_of(written.rate_per_client), runtime)

    def check(exchange: Exchange) -> None:
        exchange.body_limit = body
        if exchange.length is not None and exchange.length > body:
            raise TooLarge(f"The body is larger than {body} bytes.")
        if take is not None:
            take(exchange)

    return check


def shared_limits(
    hook: str,
    written: Limits | UnsetType,
    concurrency: int,
    credentials: bool,
    runtime: Runtime,
) -> Check:
    """The check of what all callers share: it stands behind the credentials, where a hook has
    them, so that no stranger takes from it. It raises TooManyRequests and Unavailable.
    """
    take: _Take | None = None
    if written is not UNSET and written.rate is not UNSET:
        take = _of_all(hook, rate_of(written.rate), runtime)
    gauge = runtime.concurrency(hook)

    def check(exchange: Exchange) -> None:
        exchange.proven = credentials
        if take is not None:
            take(exchange)
        _enter(exchange, gauge, concurrency)

    return check


def _of_each_client(hook: str, rate: Rate, runtime: Runtime) -> _Take:
    throttle, now = runtime.throttle, runtime.monotonic

    def take(exchange: Exchange) -> None:
        client = throttle.client("requests", hook, client_key(exchange.client))
        _refuse(throttle.take(client, rate, now()), rate)

    return take


def _of_all(hook: str, rate: Rate, runtime: Runtime) -> _Take:
    pace, now = runtime.pace(hook), runtime.monotonic
    return lambda _exchange: _refuse(pace.take(rate, now()), rate)


def _refuse(wait: float, rate: Rate) -> None:
    if wait:
        raise TooManyRequests(
            f"Rate limit exceeded: {rate.count} in {rate.seconds:g} s.", retry_after(wait)
        )


def _enter(exchange: Exchange, gauge: Concurrency, limit: int) -> None:
    if gauge.in_flight >= limit:
        raise Unavailable(
            f"The hook has {limit} requests in flight, which is its limit; try again.",
            retry_after(1),
            f"{limit} requests of the hook are in flight: its workflow is slow, or "
            "limits.concurrency is low",
        )
    gauge.in_flight += 1
    exchange.occupies = gauge
