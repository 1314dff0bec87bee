"""When callers are answered, and how a stored run is delivered."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from msgspec import UNSET

from gateway.language.durable import delays_of, durable_of, permanent_of
from gateway.language.meaning import exact
from gateway.language.quantities import parse_duration
from gateway.language.spec import DurableDelivery, Hook
from gateway.language.template.values import parsed
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change
from gateway.plan.shown import json, listed
from gateway.plan.subjects.limits import Amount, limit_change, rate_amount

_STEPS = ("delivery",)
_LIMITS = {
    "concurrency": "the number of deliveries in flight",
    "limit": "the number of unfinished runs",
}


def meaning(hook: Hook) -> Hashable:
    """The long form with its defaults; times by their seconds. None of a direct hook."""
    written = durable_of(hook)
    if written is None:
        return None
    return (
        *(getattr(written, key) for key in _LIMITS),
        _rate(written),
        _wait(written),
        _order(written),
        _retries(written),
        _retention(written),
    )


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Stored or not; of two durable hooks, key by key."""
    was, now = durable_of(old), durable_of(new)
    if was is None or now is None:
        yield _other_type(old, new, now is not None)
        return
    for key, what in _LIMITS.items():
        before, after = getattr(was, key), getattr(now, key)
        if before != after:
            kind = "limit-raised" if after > before else "limit-lowered"
            message = f"{what} may be greater" if after > before else f"{what} is lower"
            yield Change(kind, (*_STEPS, key), message, str(before), str(after))
    if _rate(was) != _rate(now):
        kind, is_so = limit_change(_rate(was), _rate(now))
        message = f"the rate of deliveries {is_so}"
        before, after = (one.rate or "" for one in (was, now))
        yield Change(kind, (*_STEPS, "rate"), message, before, after)
    yield from _retried(was, now)
    if _order(was) != _order(now):
        message = "runs are delivered in another order"
        yield _differs("order-changed", "order", message, was, now)
    if _wait(was) != _wait(now):
        message = f"callers wait for the outcome for {_shown_wait(now)}"
        steps = (*_STEPS, "wait" if was.wait != now.wait else "prefer")
        yield Change("wait-changed", steps, message, _shown_wait(was), _shown_wait(now))
    if _retention(was) != _retention(now):
        message = "finished runs are kept for a different time"
        yield _differs("retention-changed", "retention", message, was, now)


def pending(hook: Hook) -> str:
    """What to say of a durable hook whose runs nobody delivers any more; empty for a direct one."""
    if durable_of(hook) is None:
        return ""
    return f"; runs may be pending: gateway runs list --hook {hook.name}"


def _other_type(old: Hook, new: Hook, durable: bool) -> Change:
    if durable:
        message = "the data of requests is stored, and callers get 202 before the workflow has run"
        return Change("delivery-durable", _STEPS, message, "direct", "durable")
    message = f"requests fail while the workflow is down{pending(old)}"
    return Change("delivery-direct", _STEPS, message, "durable", "direct")


def _retried(old: DurableDelivery, new: DurableDelivery) -> Iterator[Change]:
    """The schedule. A longer list of permanent codes counts although another part is extended."""
    was, now = _retries(old), _retries(new)
    if was == now:
        return
    more = permanent_of(new.retry) - permanent_of(old.retry)
    steps: Steps = (*_STEPS, "retry")
    if more:
        codes = listed(map(str, sorted(more)))
        message = f"a run is dead at once after {codes}"
        yield Change("retries-reduced", (*steps, "permanent"), message, now=codes)
    fewer = len(now[0]) < len(was[0]) or now[1] < was[1]
    if fewer or was[:2] != now[:2] or not more:
        kind = "retries-reduced" if fewer else "retries-changed"
        message = "a run is given up earlier" if fewer else "runs are retried on another schedule"
        yield _differs(kind, "retry", message, old, new)


def _retries(written: DurableDelivery) -> tuple[tuple[float, ...], float, frozenset[int]]:
    retry = written.retry
    return delays_of(retry), parse_duration(retry.give_up), permanent_of(retry)


def _rate(written: DurableDelivery) -> Amount | None:
    return None if written.rate is UNSET else rate_amount(written.rate)


def _order(written: DurableDelivery) -> Hashable:
    if written.order is UNSET:
        return None
    return exact(parsed(written.order.by)), written.order.on_dead


def _wait(written: DurableDelivery) -> Hashable:
    return parse_duration(written.wait), written.prefer


def _shown_wait(written: DurableDelivery) -> str:
    return f"{written.wait}, or as they prefer" if written.prefer else written.wait


def _retention(written: DurableDelivery) -> Hashable:
    kept = written.retention
    return parse_duration(kept.succeeded), parse_duration(kept.dead)


def _differs(
    kind: str, key: str, message: str, old: DurableDelivery, new: DurableDelivery
) -> Change:
    was, now = (_shown(getattr(one, key)) for one in (old, new))
    return Change(kind, (*_STEPS, key), message, was, now)


def _shown(value: Any) -> str:
    """What is written of a key; a mapping without keys is what it is by default."""
    text = json(value)
    return "default" if text == "{}" else text
