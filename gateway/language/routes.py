"""Paths as the router sees them: a literal segment wins, and nothing ever goes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gateway.language.outcome import ReadHook

Pattern = tuple[str | None, ...]
"""Segments of a path; None is a parameter, whatever its name."""


def pattern_of(route: str) -> Pattern:
    """A path by which two routes can be compared."""
    return tuple(None if one[:1] == "{" else one for one in route.split("/")[1:])


class Branch:
    """What the router knows below some segments."""

    __slots__ = ("children", "owners")

    def __init__(self) -> None:
        self.children: dict[str | None, Branch] = {}
        self.owners: dict[str, ReadHook] = {}

    def add(self, hook: ReadHook) -> None:
        branch = self
        for segment in pattern_of(hook.spec.route):
            branch = branch.children.setdefault(segment, Branch())
        for method in hook.spec.answered:
            branch.owners.setdefault(method, hook)

    def owners_at(self, rest: Pattern) -> Mapping[str, ReadHook]:
        """Methods and who answers them below here; None is a segment that no literal equals."""
        branch = self
        for segment in rest:
            following = branch.children.get(segment) or branch.children.get(None)
            if following is None:
                return {}
            branch = following
        return branch.owners

    def any_owner(self) -> ReadHook:
        """Some hook below here; there is one, for branches are only made for hooks."""
        branch = self
        while not branch.owners:
            branch = next(iter(branch.children.values()))
        return next(iter(branch.owners.values()))


def routed(hooks: Iterable[ReadHook]) -> Branch:
    """The router's view of some hooks; of two that claim one path and method, the first has it."""
    root = Branch()
    for hook in hooks:
        root.add(hook)
    return root


def shadowed(hooks: Sequence[ReadHook]) -> Iterator[tuple[ReadHook, str, ReadHook]]:
    """Hooks that some requests for their path never reach: hook, such a request, who is in the way.

    One example for each hook is enough.
    """
    root = routed(hooks)
    for hook in hooks:
        found = next(_shadows(root, hook), None)
        if found is not None:
            yield hook, *found


def _shadows(root: Branch, hook: ReadHook) -> Iterator[tuple[str, ReadHook]]:
    pattern, branch = pattern_of(hook.spec.route), root
    written = hook.spec.route.split("/")[1:]
    for index, segment in enumerate(pattern):
        if segment is None:
            for literal, below in branch.children.items():
                if literal is None:
                    continue
                lost = set(hook.spec.answered) - below.owners_at(pattern[index + 1 :]).keys()
                if lost:
                    path = "/".join(["", *written[:index], literal, *written[index + 1 :]])
                    yield f"{min(lost)} {path}", below.any_owner()
        branch = branch.children[segment]
