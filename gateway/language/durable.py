"""What `delivery: durable` of a hook says, whichever form was written."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UnsetType

from gateway.language.quantities import parse_duration
from gateway.language.spec import DurableDelivery, Hook, RetrySchedule
from gateway.language.spec.delivery import AFTER, PERMANENT

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a body that is stored."""


def durable_of(hook: Hook) -> DurableDelivery | None:
    """The long form; None where the hook is direct."""
    if hook.delivery == "durable":
        return DurableDelivery()
    return hook.delivery if isinstance(hook.delivery, DurableDelivery) else None


def delays_of(schedule: RetrySchedule) -> tuple[float, ...]:
    """The seconds before each further attempt."""
    written: Iterable[str] = AFTER if isinstance(schedule.after, UnsetType) else schedule.after
    return tuple(map(parse_duration, written))


def permanent_of(schedule: RetrySchedule) -> frozenset[int]:
    """The status codes after which a run is dead at once."""
    return frozenset(PERMANENT if isinstance(schedule.permanent, UnsetType) else schedule.permanent)
