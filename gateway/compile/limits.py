"""A hook's limits as a guard: what is over them is refused before credentials are looked at."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.errors import TooLarge, TooManyRequests, Unavailable
from gateway.language.quantities import parse_duration, parse_size
from gateway.language.spec.limits import Limits
from gateway.runtime import Runtime
from gateway.throttle import Concurrency, Rate, Throttle, client_key, retry_after


def parse_rate(text: str) -> Rate:
    """`100/1m` as a Rate. The text has passed validation."""
    count, _, time = text.partition("/")
    return Rate(int(count), parse_duration(time))


def limits_guard(hook: str, written: Limits | UnsetType, runtime: Runtime) -> Any:
    """The first guard of every hook. It raises TooLarge, TooManyRequests or Unavailable."""
    body = runtime.settings.limits.body
    rates: tuple[_Limit, ...] = ()
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
        for rate in rates:
            rate.take(exchange)
        if concurrency is not None:
            _enter(exchange, gauge, concurrency)

    return guard


class _Limit:
    """One rate: of all callers of the hook, or of each client."""

    def __init__(self, hook: str, rate: Rate, per_client: bool, runtime: Runtime) -> None:
        self._hook = hook
        self._rate = rate
        self._throttle: Throttle = runtime.throttle
        self._clock = runtime.clock
        self._slot = None if per_client else self._throttle.slot("hook", hook)

    def take(self, exchange: Exchange) -> None:
        slot = self._slot
        if slot is None:
            slot = self._throttle.slot("client", self._hook, client_key(exchange.client))
        wait = self._throttle.take(slot, self._rate, self._clock())
        if wait:
            raise TooManyRequests(
                f"More than {self._rate.count} requests in {self._rate.seconds:g} s.",
                retry_after(wait),
            )


def _rates(hook: str, limits: Limits, runtime: Runtime) -> tuple[_Limit, ...]:
    rates = []
    if limits.rate_per_client is not UNSET:
        rates.append(_Limit(hook, parse_rate(limits.rate_per_client), True, runtime))
    if limits.rate is not UNSET:
        rates.append(_Limit(hook, parse_rate(limits.rate), False, runtime))
    return tuple(rates)


def _enter(exchange: Exchange, gauge: Concurrency, limit: int) -> None:
    if gauge.in_flight >= limit:
        raise Unavailable(f"More than {limit} requests are in flight.", retry_after(1))
    gauge.in_flight += 1
    exchange.occupies = gauge
