"""Which hook of one tree is which of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple

from msgspec import UNSET

from gateway.language.outcome import ReadHook
from gateway.language.routes import pattern_of
from gateway.language.spec import Hook
from gateway.plan.subjects import meaning

Pair = tuple[ReadHook, ReadHook]
"""The old and the new version of one hook."""

Keys = Callable[[Hook], Iterable[Hashable]]
"""Hooks that share a key are the same."""


class Pairs(NamedTuple):
    """Hooks of both trees, and those of one alone."""

    same: tuple[Pair, ...]
    removed: tuple[ReadHook, ...]
    added: tuple[ReadHook, ...]


def pair(old: Iterable[ReadHook], new: Iterable[ReadHook]) -> Pairs:
    """Hooks are the same by name, else by path and method, else when all but the name is equal."""
    same: list[Pair] = []
    removed, added = list(old), list(new)
    for keys in (_name, _urls, _all_but_name):
        found = list(_matches(removed, added, keys))
        known = {id(hook) for matched in found for hook in matched}
        removed = [hook for hook in removed if id(hook) not in known]
        added = [hook for hook in added if id(hook) not in known]
        same += found
    return Pairs(tuple(same), tuple(removed), tuple(added))


def _matches(old: Sequence[ReadHook], new: Sequence[ReadHook], keys: Keys) -> Iterator[Pair]:
    by_key: dict[Hashable, list[ReadHook]] = defaultdict(list)
    for hook in old:
        for key in keys(hook.spec):
            by_key[key].append(hook)
    taken: set[int] = set()
    for hook in new:
        candidates = (one for key in keys(hook.spec) for one in by_key.get(key, ()))
        match = next((one for one in candidates if id(one) not in taken), None)
        if match is not None:
            taken.add(id(match))
            yield match, hook


def _name(hook: Hook) -> Iterator[Hashable]:
    yield hook.name


def _urls(hook: Hook) -> Iterator[Hashable]:
    pattern = pattern_of(hook.route)
    return ((method, pattern) for method in hook.methods)


def _all_but_name(hook: Hook) -> Iterator[Hashable]:
    """A path that was left to its default changes with the name."""
    yield meaning(hook), "" if hook.path is UNSET else hook.route
