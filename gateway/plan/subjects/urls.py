"""Under which path and methods a hook answers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from gateway.language.routes import Pattern, pattern_of
from gateway.language.spec import Hook
from gateway.plan.change import Change
from gateway.plan.shown import listed


def path(hook: Hook) -> Hashable:
    """The path, written or not."""
    return hook.route


def methods(hook: Hook) -> Hashable:
    """The methods in any order."""
    return frozenset(hook.methods)


def compare_paths(old: Hook, new: Hook) -> Iterator[Change]:
    """Another path; one that holds the old path's requests and more is a risk."""
    was, now = old.route, new.route
    if was == now:
        return
    if _is_wider(pattern_of(was), pattern_of(now)):
        message = f"the hook has more paths: '{now}' instead of '{was}'"
        yield Change("path-widened", ("path",), message, was, now)
    else:
        message = f"the hook's path is '{now}' instead of '{was}'"
        yield Change("path-changed", ("path",), message, was, now)


def _is_wider(old: Pattern, new: Pattern) -> bool:
    """Whether every request for the old path would be one for the new."""
    if len(old) != len(new) or old == new:
        return False
    return all(now is None or now == was for was, now in zip(old, new, strict=True))


def compare_methods(old: Hook, new: Hook) -> Iterator[Change]:
    """Methods that came, methods that went."""
    was, now = listed(old.methods), listed(new.methods)
    if added := [one for one in new.methods if one not in old.methods]:
        message = f"{listed(added)} also starts the workflow"
        yield Change("method-added", ("method",), message, was, now)
    if gone := [one for one in old.methods if one not in new.methods]:
        message = f"{listed(gone)} gets 405"
        yield Change("method-removed", ("method",), message, was, now)
