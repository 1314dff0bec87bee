"""Which pages of other origins may call a hook."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from msgspec import UnsetType

from gateway.language.spec import Hook
from gateway.plan.change import Change
from gateway.plan.shown import listed

ANY = "*"
_NONE = "no other origin"


def meaning(hook: Hook) -> Hashable:
    """Origins and headers in any order."""
    return _origins(hook), _headers(hook)


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """Origins and headers that came, and those that went."""
    was, now = _shown(old), _shown(new)
    if added := _beyond(_origins(new), _origins(old)):
        message = f"pages of {_named(added)} may call the hook from a browser"
        yield Change("cors-widened", _steps(new, "origins"), message, was, now)
    if gone := _beyond(_origins(old), _origins(new)):
        message = f"pages of {_named(gone)} may no longer call the hook from a browser"
        yield Change("cors-narrowed", _steps(new, "origins"), message, was, now)
    before, after = _headers(old), _headers(new)
    if not (_origins(old) and _origins(new)):
        return
    if more := _beyond(after, before):
        message = f"pages may also set {listed(sorted(more))}"
        yield Change(
            "cors-widened",
            _steps(new, "headers"),
            message,
            listed(sorted(before)),
            listed(sorted(after)),
        )
    if less := _beyond(before, after):
        message = f"pages may no longer set {listed(sorted(less))}"
        yield Change(
            "cors-narrowed",
            _steps(new, "headers"),
            message,
            listed(sorted(before)),
            listed(sorted(after)),
        )


def _beyond(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return frozenset() if ANY in others else some - others


def _origins(hook: Hook) -> frozenset[str]:
    return frozenset() if isinstance(hook.cors, UnsetType) else frozenset(hook.cors.origins)


def _headers(hook: Hook) -> frozenset[str]:
    if isinstance(hook.cors, UnsetType):
        return frozenset()
    return frozenset(name.lower() for name in hook.cors.headers)


def _named(origins: frozenset[str]) -> str:
    return "any origin" if ANY in origins else listed(sorted(origins))


def _shown(hook: Hook) -> str:
    return _NONE if isinstance(hook.cors, UnsetType) else listed(sorted(_origins(hook)))


def _steps(hook: Hook, key: str) -> tuple[str, ...]:
    return ("cors",) if isinstance(hook.cors, UnsetType) else ("cors", key)
