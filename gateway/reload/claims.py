"""Who owns a name, or a method and path, when several hooks want it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gateway.language.outcome import ReadHook
from gateway.language.routes import Pattern, pattern_of
from gateway.language.spec import Hook

Claim = tuple[str, Pattern]
"""Of a name: ("", (name,)). Of a path: (method, its pattern)."""
Owners = Mapping[Claim, str]
"""The file whose hook has a claim now."""


def claims(hook: Hook) -> Iterator[Claim]:
    """What a hook cannot share with another; one that is disabled claims its name alone."""
    yield "", (hook.name,)
    if hook.enabled:
        pattern = pattern_of(hook.route)
        for method in hook.answered:
            yield method, pattern


def settle_claims(
    hooks: Iterable[ReadHook], owners: Owners
) -> tuple[list[ReadHook], list[ReadHook]]:
    """Hooks that have all they claim, and those that lost a claim, each in the order given.

    Whoever owns a claim now keeps it; of the others the first has it.
    """
    known = [(hook, tuple(claims(hook.spec))) for hook in hooks]
    reserved: dict[Claim, ReadHook] = {}
    for hook, wanted in known:
        for claim in wanted:
            if owners.get(claim) == hook.file:
                reserved.setdefault(claim, hook)
    having, lost = [], []
    taken: set[Claim] = set()
    for hook, wanted in known:
        if any(claim in taken or reserved.get(claim, hook) is not hook for claim in wanted):
            lost.append(hook)
        else:
            having.append(hook)
            taken.update(wanted)
    return having, lost
