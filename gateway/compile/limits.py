"""A hook's limits as a guard: what is over them is refused before credentials are looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.errors import TooLarge, TooManyRequests, Unavailable
from gateway.language.quantities import parse_duration, parse_size
from gateway.language.spec.limits import Limits
from gateway.runtime.runtime import Runtime
from gateway.runtime.throttle import Concurrency, Rate, client_key, retry_after

_Take = Callable[[Exchange], None]
"""Counts a request. Raises TooManyRequests."""


def parse_rate(text: str) -> Rate:
    """`100/1m` as a Rate. The text has passed validation."""
    count, _, time = text.partition("/")
    return Rate(int(count), parse_duration(time))


def limits_guard(hook: str, written: Limits | UnsetType, runtime: Runtime) -> Any:
    """The first guard of every hook. It raises TooLarge, TooManyRequests or Unavailable."""
    body = runtime.settings.limits.body
    rates: tuple[_Take, ...] = ()
    concurrency: int | None = None
    if written is not UNSET:
        body = body if written.body is UNSET else parse_size(written.body)
        rates = _rates(hook, written, runtime)
        concurrency = None if written.concurrency is UNSET else written.concurrency
    gauge = runtime.concurrency(hook)

    async def guard(connection: Any, _handler: Any) -> None:
        exchange: Exchange = connection.scope[SCOPE_KEY]
        exchange.body_limit = body
        if exchange.length is not None and exchange.length > body:
            raise TooLarge(f"The body is larger than {body} bytes.")
        for take in rates:
            take(exchange)
        if concurrency is not None:
            _enter(exchange, gauge, concurrency)

    return guard


def _rates(hook: str, limits: Limits, runtime: Runtime) -> tuple[_Take, ...]:
    """What each request is counted by; one client's first, so that it is the first to stop."""
    takes = []
    if limits.rate_per_client is not UNSET:
        takes.append(_of_each_client(hook, parse_rate(limits.rate_per_client), runtime))
    if limits.rate is not UNSET:
        takes.append(_of_all(hook, parse_rate(limits.rate), runtime))
    return tuple(takes)


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
            f"More than {rate.count} requests in {rate.seconds:g} s.", retry_after(wait)
        )


def _enter(exchange: Exchange, gauge: Concurrency, limit: int) -> None:
    if gauge.in_flight >= limit:
        raise Unavailable(f"More than {limit} requests are in flight.", retry_after(1))
    gauge.in_flight += 1
    exchange.occupies = gauge
