"""What providers ask before they send anything."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from gateway.language.meaning import exact
from gateway.language.normal_form import alternatives
from gateway.language.spec import Hook
from gateway.language.spec.handshakes import (
    ChallengeHandshake,
    CloudEventsHandshake,
    LongHandshake,
    ProbeHandshake,
    long_forms,
    name_of,
)
from gateway.language.strictness import implied
from gateway.plan.change import Change
from gateway.plan.shown import json
from gateway.plan.subjects.rules import meaning_of_rule, shown_rule

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
            kind, message = _removal(was, new.methods)
            yield Change(kind, _STEPS, message, _shown(was))
        else:
            are.remove(now)
            kind, message = _difference(was, now, new.methods)
            yield Change(kind, _STEPS, message, _shown(was), _shown(now))
    for now in are:
        message = f"the hook answers the handshake of {_called(now)}"
        yield Change("handshake-added", _STEPS, message, now=_shown(now))


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
            return "challenge", _but_where(written), meaning_of_rule(written.where)
    return exact(written)


def _but_where(written: ChallengeHandshake) -> Hashable:
    """A challenge without the rule for its requests."""
    return written.challenge, written.asked_by, written.proven, exact(written.answer)


def _removal(old: LongHandshake, methods: tuple[str, ...]) -> tuple[str, str]:
    message = f"the hook no longer answers the handshake of {_called(old)}"
    if {*old.asked_by} & {*methods}:
        return "handshake-unanswered", f"{message}, and its requests may start the workflow"
    return "handshake-removed", message


def _difference(
    old: LongHandshake, new: LongHandshake, methods: tuple[str, ...]
) -> tuple[str, str]:
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
            if _but_where(old) == _but_where(new) and _asks_more(old, new):
                if {*new.asked_by} & {*methods}:
                    return "handshake-unanswered", _FEWER
                return "handshake-narrowed", "the hook returns the challenge to fewer requests"
            return "handshake-changed", "the hook returns another challenge, or to other requests"
    return "handshake-changed", "another verify token opens the handshake"


_FEWER = "fewer requests are the handshake, and the others may start the workflow"


def _asks_more(old: ChallengeHandshake, new: ChallengeHandshake) -> bool:
    return implied(alternatives(new.where), alternatives(old.where))


def _is_narrower(old: CloudEventsHandshake, new: CloudEventsHandshake) -> bool:
    were, are = _origins(old), _origins(new)
    origins = were is None or (are is not None and are <= were)
    return origins and (old.rate is UNSET or (new.rate is not UNSET and new.rate <= old.rate))


def _origins(written: CloudEventsHandshake) -> frozenset[str] | None:
    """The systems that may send; None where any may."""
    if isinstance(written.origins, UnsetType):
        return None
    return frozenset(origin.lower() for origin in written.origins)


def _shown(written: LongHandshake) -> str:
    """A handshake without the values of headers that commonly carry a secret."""
    if not isinstance(written, ChallengeHandshake) or isinstance(written.where, UnsetType):
        return json(written)
    return json(
        {**msgspec.to_builtins(replace(written, where=UNSET)), "where": shown_rule(written.where)}
    )


_GENERAL = {"probe": "a probe", "challenge": "a challenge"}


def _called(written: LongHandshake) -> str:
    return _GENERAL.get(name_of(written), name_of(written))
