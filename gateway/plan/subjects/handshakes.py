"""What a provider asks before it sends anything."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from msgspec import UNSET, UnsetType

from gateway.language.spec import Hook
from gateway.language.spec.handshake import CloudEventsHandshake, LongHandshake, long_form
from gateway.plan.change import Change
from gateway.plan.meaning import exact
from gateway.plan.shown import json

_STEPS = ("handshake",)


def meaning(hook: Hook) -> Hashable:
    """The long form; origins in any order and any case."""
    written = _long(hook)
    if isinstance(written, CloudEventsHandshake):
        return "cloudevents", _origins(written), written.rate
    return exact(written)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """One that came, went, or asks otherwise."""
    if meaning(old) == meaning(new):
        return
    was, now = _long(old), _long(new)
    kind, message = _kind(was, now)
    yield Change(kind, _STEPS, message, _shown(was), _shown(now))


def _kind(old: LongHandshake | None, new: LongHandshake | None) -> tuple[str, str]:
    if new is None:
        return "handshake-removed", "the hook no longer answers the provider's handshake"
    if old is None:
        return "handshake-added", f"the hook answers the handshake of {_name(new)}"
    if isinstance(old, CloudEventsHandshake) and isinstance(new, CloudEventsHandshake):
        if _is_narrower(old, new):
            return "handshake-narrowed", "the handshake allows fewer origins or requests"
        return "handshake-changed", "the handshake may allow more origins or requests"
    if _name(old) != _name(new):
        return "handshake-changed", f"the hook answers the handshake of {_name(new)} instead"
    return "handshake-changed", "another verify token opens the handshake"


def _is_narrower(old: CloudEventsHandshake, new: CloudEventsHandshake) -> bool:
    were, are = _origins(old), _origins(new)
    origins = were is None or (are is not None and are <= were)
    return origins and (old.rate is UNSET or (new.rate is not UNSET and new.rate <= old.rate))


def _origins(written: CloudEventsHandshake) -> frozenset[str] | None:
    """The systems that may send; None where any may."""
    if isinstance(written.origins, UnsetType):
        return None
    return frozenset(origin.lower() for origin in written.origins)


def _long(hook: Hook) -> LongHandshake | None:
    return None if isinstance(hook.handshake, UnsetType) else long_form(hook.handshake)


def _name(written: LongHandshake) -> str:
    return str(written.__struct_config__.tag)


def _shown(written: LongHandshake | None) -> str:
    return "" if written is None else json(written)
