"""Which requests repeat an earlier one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from msgspec import UNSET

from gateway.language.meaning import exact
from gateway.language.quantities import parse_duration
from gateway.language.spec import Deduplicate, Hook
from gateway.language.template.values import parsed
from gateway.plan.change import Change
from gateway.plan.shown import json

_STEPS = ("deduplicate",)


def meaning(hook: Hook) -> Hashable:
    """The key and how long it is remembered; None where there is none."""
    written = hook.deduplicate
    if written is UNSET:
        return None
    return _key(written), parse_duration(written.within), written.required


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Keys that are there now, or no more; another key; the same for another time."""
    was, now = old.deduplicate, new.deduplicate
    if was is UNSET or now is UNSET:
        if now is not UNSET:
            message = "a repeated request does not start the workflow again"
            yield Change("deduplication-added", _STEPS, message, now=_shown(now))
        elif was is not UNSET:
            message = "a repeated request starts the workflow again"
            yield Change("deduplication-removed", _STEPS, message, _shown(was))
        return
    if _key(was) != _key(now):
        message = f"requests with the same {_shown(now)} are repetitions"
        yield Change("deduplication-changed", (*_STEPS, "by"), message, _shown(was), _shown(now))
    yield from _spans(was, now)
    if was.required != now.required:
        refused = "refused" if now.required else "accepted, and start the workflow each time"
        message = f"requests without a key are {refused}"
        kind = "deduplication-strengthened" if now.required else "deduplication-weakened"
        shown = json(was.required), json(now.required)
        yield Change(kind, (*_STEPS, "required"), message, *shown)


def _spans(old: Deduplicate, new: Deduplicate) -> Iterator[Change]:
    was, now = parse_duration(old.within), parse_duration(new.within)
    if was != now:
        kind = "deduplication-strengthened" if now > was else "deduplication-weakened"
        message = f"a key is remembered for {new.within}"
        yield Change(kind, (*_STEPS, "within"), message, old.within, new.within)


def _key(written: Deduplicate) -> Hashable:
    return exact(parsed(written.by))


def _shown(written: Deduplicate) -> str:
    return written.by if isinstance(written.by, str) else json(written.by)
