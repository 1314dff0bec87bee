"""URLs that one hook answered and another one answers now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.language.outcome import ReadHook
from gateway.language.routes import Branch, Pattern, routed
from gateway.plan.change import Change
from gateway.plan.pairs import Pair, Pairs
from gateway.plan.shown import listed

Moved = tuple[ReadHook, ReadHook, str, str]
"""The old owner, the new one, a method, such a path."""


def takeovers(
    old: Iterable[ReadHook], new: Iterable[ReadHook], pairs: Pairs
) -> Iterator[tuple[Pair, Change]]:
    """The old owner, the new one, and what that means; each two hooks once."""
    were, are = routed(_enabled(old)), routed(_enabled(new))
    known = {(id(before), id(after)) for before, after in pairs.same}
    moved: dict[tuple[int, int], list[Moved]] = {}
    for one in _moved(were, are):
        moved.setdefault((id(one[0]), id(one[1])), []).append(one)
    for owners, found in moved.items():
        if owners not in known:
            before, after, _, path = found[0]
            yield (before, after), _change(before, after, path, [one[2] for one in found])


def _change(old: ReadHook, new: ReadHook, path: str, methods: list[str]) -> Change:
    url = f"{listed(dict.fromkeys(methods))} {path}"
    message = f"this hook answers {url} instead of '{old.spec.name}'"
    return Change("url-taken-over", ("path",), message, old.spec.name, new.spec.name)


def _enabled(hooks: Iterable[ReadHook]) -> list[ReadHook]:
    return [hook for hook in hooks if hook.spec.enabled]


def _moved(were: Branch, are: Branch) -> Iterator[Moved]:
    """Whatever path goes from one hook to another, a path goes whose only literal segments are
    those of the two: it is enough to ask both routers about these.
    """
    for pattern, old, new in _overlaps(were, are, ()):
        had, has = were.owners_at(pattern), are.owners_at(pattern)
        for method in old.owners.keys() & new.owners.keys():
            before, after = old.owners[method], new.owners[method]
            if had.get(method) is before and has.get(method) is after:
                yield before, after, method, _path(pattern)


def _overlaps(a: Branch, b: Branch, above: Pattern) -> Iterator[tuple[Pattern, Branch, Branch]]:
    """Places of two trees that one path can lead to, with the most general such path."""
    if a.owners and b.owners:
        yield above, a, b
    for segment, below in a.children.items():
        others = b.children.items() if segment is None else _same(b, segment)
        for other, beside in others:
            yield from _overlaps(below, beside, (*above, segment or other))


def _same(branch: Branch, literal: str) -> Iterator[tuple[str | None, Branch]]:
    return ((key, branch.children[key]) for key in (literal, None) if key in branch.children)


def _path(pattern: Pattern) -> str:
    return "/" + "/".join(segment or "{}" for segment in pattern)
