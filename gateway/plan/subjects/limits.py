"""What callers may cost."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType

from gateway.language.quantities import parse_duration, parse_size
from gateway.language.spec import Hook
from gateway.plan.change import Change

Amount = tuple[float, ...]
"""What can be compared number by number."""


class Limit(NamedTuple):
    """How a limit is measured, what it is by default (empty: no limit), what it is called."""

    measure: Callable[[Any], Amount]
    default: Any
    what: str


def _rate(text: str) -> Amount:
    """What may come at once, and what may come in a second."""
    count, _, time = text.partition("/")
    return float(count), float(count) / parse_duration(time)


LIMITS: dict[str, Limit] = {
    "body": Limit(lambda text: (float(parse_size(text)),), "1MiB", "the size of a body"),
    "rate": Limit(_rate, "", "the rate of all requests"),
    "rate_per_client": Limit(_rate, "", "the rate of one client's requests"),
    "failures": Limit(_rate, "10/1m", "the rate of one client's failed authentications"),
    "concurrency": Limit(lambda number: (float(number),), "", "the number of requests in flight"),
}


def meaning(hook: Hook) -> Hashable:
    """Each limit as it is measured."""
    return tuple(_amount(key, _written(hook, key)) for key in LIMITS)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Limit by limit."""
    for key, limit in LIMITS.items():
        was, now = _written(old, key), _written(new, key)
        if _amount(key, was) != _amount(key, now):
            kind, is_so = _kind(_amount(key, was), _amount(key, now))
            message = f"{limit.what} {is_so}"
            yield Change(kind, ("limits", key), message, str(was), str(now))


def _kind(old: Amount | None, new: Amount | None) -> tuple[str, str]:
    if new is None:
        return "limit-removed", "is no longer limited"
    if old is None:
        return "limit-lowered", "is limited"
    if any(now > was for was, now in zip(old, new, strict=True)):
        return "limit-raised", "may be greater"
    return "limit-lowered", "may only be smaller"


def _written(hook: Hook, key: str) -> Any:
    written = UNSET if isinstance(hook.limits, UnsetType) else getattr(hook.limits, key)
    return LIMITS[key].default if written is UNSET else written


def _amount(key: str, written: Any) -> Amount | None:
    return None if written == "" else LIMITS[key].measure(written)
