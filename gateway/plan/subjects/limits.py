"""What callers may cost."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType

from gateway.language.quantities import parse_rate, parse_size
from gateway.language.spec import Hook
from gateway.plan.change import Change

Amount = tuple[float, ...]
"""What can be compared number by number."""


class Limit(NamedTuple):
    """How a limit is measured, what it is by default (empty: no limit), what it is called."""

    measure: Callable[[Any], Amount]
    default: Any
    what: str


def rate_amount(text: str) -> Amount:
    """What a rate allows at once, and in a second."""
    count, seconds = parse_rate(text)
    return float(count), count / seconds


LIMITS: dict[str, Limit] = {
    "body": Limit(lambda text: (float(parse_size(text)),), "1MiB", "the size of a body"),
    "rate": Limit(rate_amount, "", "the rate of all requests"),
    "rate_per_client": Limit(rate_amount, "", "the rate of one client's requests"),
    "failures": Limit(rate_amount, "10/1m", "the rate of one client's failed authentications"),
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
            kind, is_so = limit_change(_amount(key, was), _amount(key, now))
            message = f"{limit.what} {is_so}"
            yield Change(kind, ("limits", key), message, str(was), str(now))


def limit_change(old: Amount | None, new: Amount | None) -> tuple[str, str]:
    """The kind of a change, and what has become of what is limited; None where it is not."""
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
