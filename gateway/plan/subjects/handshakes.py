"""What providers ask before they send anything."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from msgspec import UNSET, UnsetType

from gateway.language.meaning import exact
from gateway.language.spec import Hook
from gateway.language.spec.handshakes import (
    ChallengeHandshake,
    CloudEventsHandshake,
    LongHandshake,
    ProbeHandshake,
    long_forms,
    name_of,
)
from gateway.plan.change import Change
from gateway.plan.shown import json

_STEPS = ("handshake",)


def meaning(hook: Hook) -> Hashable:
    """The long forms in any order; origins in any order and any case."""
    return frozenset(map(_meaning, long_forms(hook.handshake)))


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Those that came, went, or ask otherwise."""
    were = [*_without(long_forms(old.handshake), long_forms(new.handshake))]
    are = [*_without(long_forms(new.handshake), long_forms(old.handshake))]
    for was in were:
        now = next((one for one in are if name_of(one) == name_of(was)), None)
        if now is None:
            message = f"the hook no longer answers the handshake of {_called(was)}"
            yield Change("handshake-removed", _STEPS, message, json(was))
        else:
            are.remove(now)
            kind, message = _difference(was, now)
            yield Change(kind, _STEPS, message, json(was), json(now))
    for now in are:
        message = f"the hook answers the handshake of {_called(now)}"
        yield Change("handshake-added", _STEPS, message, now=json(now))


def _without(
    some: tuple[LongHandshake, ...], others: tuple[LongHandshake, ...]
) -> Iterator[LongHandshake]:
    known = set(map(_meaning, others))
    return (one for one in some if _meaning(one) not in known)


def _meaning(written: LongHandshake) -> Hashable:
    match written:
        case CloudEventsHandshake():
            return "cloudevents", _origins(written), written.rate
        case ProbeHandshake():
            return "probe", frozenset(written.methods)
        case ChallengeHandshake():
            asked = written.asked_by, written.proven
            return "challenge", written.challenge, asked, exact(written.where), _answer(written)
    return exact(written)


def _answer(written: ChallengeHandshake) -> Hashable:
    return exact(written.answer)


def _difference(old: LongHandshake, new: LongHandshake) -> tuple[str, str]:
    match old, new:
        case CloudEventsHandshake(), CloudEventsHandshake():
            if _is_narrower(old, new):
                return "handshake-narrowed", "the handshake allows fewer origins or requests"
            return "handshake-changed", "the handshake may allow more origins or requests"
        case ProbeHandshake(), ProbeHandshake():
            if set(new.methods) < set(old.methods):
                return "handshake-narrowed", "the hook answers probes by fewer methods"
            return "handshake-changed", "the hook answers probes by another method"
        case ChallengeHandshake(), ChallengeHandshake():
            return "handshake-changed", "the hook returns another challenge, or to other requests"
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


_GENERAL = {"probe": "a probe", "challenge": "a challenge"}


def _called(written: LongHandshake) -> str:
    return _GENERAL.get(name_of(written), name_of(written))
