"""Paths as the router sees them: a literal segment wins, and nothing ever goes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.language.outcome import ReadHook

Pattern = tuple[str | None, ...]
"""Segments of a path; None is a parameter, whatever its name."""


def pattern_of(route: str) -> Pattern:
    """A path by which two routes can be compared."""
    return tuple(None if one[:1] == "{" else one for one in route.split("/")[1:])


class _Branch:
    """What the router knows below some segments."""

    __slots__ = ("children", "owners")

    def __init__(self) -> None:
        self.children: dict[str | None, _Branch] = {}
        self.owners: dict[str, ReadHook] = {}

    def add(self, hook: ReadHook) -> None:
        branch = self
        for segment in pattern_of(hook.spec.route):
            branch = branch.children.setdefault(segment, _Branch())
        for method in hook.spec.answered:
            branch.owners.setdefault(method, hook)

    def methods_at(self, rest: Pattern) -> frozenset[str]:
        """The methods that are answered below here, for segments that no literal equals."""
        branch = self
        for segment in rest:
            following = branch.children.get(segment) or branch.children.get(None)
            if following is None:
                return frozenset()
            branch = following
        return frozenset(branch.owners)

    def any_owner(self) -> ReadHook:
        """Some hook below here; there is one, for branches are only made for hooks."""
        branch = self
        while not branch.owners:
            branch = next(iter(branch.children.values()))
        return next(iter(branch.owners.values()))


def shadowed(hooks: Sequence[ReadHook]) -> Iterator[tuple[ReadHook, str, ReadHook]]:
    """Hooks that some requests for their path never reach: hook, such a request, who is in the way.

    One example for each hook is enough.
    """
    root = _Branch()
    for hook in hooks:
        root.add(hook)
    for hook in hooks:
        found = next(_shadows(root, hook), None)
        if found is not None:
            yield hook, *found


def _shadows(root: _Branch, hook: ReadHook) -> Iterator[tuple[str, ReadHook]]:
    pattern, branch = pattern_of(hook.spec.route), root
    written = hook.spec.route.split("/")[1:]
    for index, segment in enumerate(pattern):
        if segment is None:
            for literal, below in branch.children.items():
                if literal is None:
                    continue
                lost = set(hook.spec.answered) - below.methods_at(pattern[index + 1 :])
                if lost:
                    path = "/".join(["", *written[:index], literal, *written[index + 1 :]])
                    yield f"{min(lost)} {path}", below.any_owner()
        branch = branch.children[segment]
