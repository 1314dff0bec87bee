"""What lies between two trees, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.language.issued import masked
from gateway.language.outcome import ReadHook
from gateway.plan.change import Change, Entry, failed
from gateway.plan.kinds import ORDER
from gateway.plan.pairs import Pairs, pair
from gateway.plan.secrets import needed, unneeded
from gateway.plan.subjects import compare
from gateway.plan.subjects.hook import added, removed
from gateway.plan.takeovers import takeovers
from gateway.plan.tree import Tree


def plan(old: Tree, new: Tree) -> tuple[Entry, ...]:
    """Every change between two trees without errors; none where both mean the same."""
    pairs = pair(old.hooks, new.hooks)
    between = _Between(old, new)
    found = [
        *_part("hooks", between.hooks(pairs)),
        *_part("the owners of URLs", between.urls(pairs)),
        *_part("references to secrets", between.secrets()),
    ]
    return tuple(sorted(found, key=_order))


def _part(what: str, entries: Iterator[Entry]) -> Iterator[Entry]:
    """The entries of one part; where making them fails, the others are told, and this is."""
    try:
        yield from entries
    except Exception as error:
        change = failed((), what, error)
        yield Entry(kind=change.kind, hook="", message=change.message)


def _order(entry: Entry) -> tuple[object, ...]:
    return (*ORDER[entry.kind], str(entry.hook), entry.at or entry.before, entry.message)


class _Between:
    """Changes with their places in both trees."""

    def __init__(self, old: Tree, new: Tree) -> None:
        self._old = old
        self._new = new

    def hooks(self, pairs: Pairs) -> Iterator[Entry]:
        for before, after in pairs.same:
            for change in compare(before.spec, after.spec):
                yield self._entry(change, before, after)
            if self._old.file(before) != self._new.file(after):
                message = f"the hook is now in {after.file}"
                moved = Change("hook-moved", ("name",), message, before.file, after.file)
                yield self._entry(moved, before, after)
        for hook in pairs.added:
            yield self._entry(added(hook.spec), None, hook)
        for hook in pairs.removed:
            yield self._entry(removed(hook.spec), hook, None)

    def urls(self, pairs: Pairs) -> Iterator[Entry]:
        for (before, after), change in takeovers(self._old.hooks, self._new.hooks, pairs):
            yield self._entry(change, before, after)

    def secrets(self) -> Iterator[Entry]:
        for hook, change in needed(self._old.hooks, self._new.hooks):
            yield self._entry(change, None, hook)
        for hook, change in unneeded(self._old.hooks, self._new.hooks):
            yield self._entry(change, hook, None)

    def _entry(self, change: Change, before: ReadHook | None, after: ReadHook | None) -> Entry:
        hook = after or before
        return Entry(
            kind=change.kind,
            hook=hook.spec.name if hook else "",
            message=masked(change.message),
            was=masked(change.was),
            now=masked(change.now),
            at=self._new.position(after, change.steps) if after else None,
            before=self._old.position(before, change.steps) if before else None,
        )
