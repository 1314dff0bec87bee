"""What hooks owe each other: unique names, one owner for each path and method."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from gateway.culprits import sound_part
from gateway.language.codes import CODES
from gateway.language.diagnostic import Diagnostic, Place
from gateway.language.internal import internal
from gateway.language.issued import masked
from gateway.language.outcome import ReadHook
from gateway.language.routes import pattern_of, shadowed

Claim = TypeVar("Claim", bound=Hashable)
Check = Callable[[Sequence[ReadHook]], Iterator[Diagnostic]]


def check_together(hooks: Sequence[ReadHook]) -> tuple[Diagnostic, ...]:
    """Findings about hooks that stand in each other's way, each at every hook concerned.

    Names are unique among all hooks, paths and methods among those that are enabled.
    """
    enabled = [hook for hook in hooks if hook.spec.enabled]
    among = ((_names, hooks), (_routes, enabled), (_shadows, enabled))
    return tuple(found for check, some in among for found in _alone(check, some))


def _alone(check: Check, hooks: Sequence[ReadHook]) -> list[Diagnostic]:
    """What a check finds; a hook that it fails on is told, and the others are checked."""
    try:
        return list(check(hooks))
    except Exception:
        sound, culprits = sound_part(hooks, lambda some: list(check(some)))
    found = list(check(sound))
    for hook, error in culprits:
        what = f"hook '{hook.spec.name}' cannot be compared with others"
        name = hook.spec.name
        found.append(internal(what, error, file=hook.file, hook=name, place=hook.place))
    return found


def _names(hooks: Sequence[ReadHook]) -> Iterator[Diagnostic]:
    for name, owners in _repeated((hook.spec.name, hook) for hook in hooks):
        for hook, other in _pairs(owners):
            message = f"the name '{name}' is already used by the hook at {_at(other, other.place)}"
            yield _diagnostic("duplicate-name", hook, hook.place, message, "choose another")


def _routes(hooks: Sequence[ReadHook]) -> Iterator[Diagnostic]:
    claims = (
        ((method, pattern_of(hook.spec.route)), hook)
        for hook in hooks
        for method in hook.spec.answered
    )
    for (method, _), owners in _repeated(claims):
        for hook, other in _pairs(owners):
            if hook.path_place is other.path_place is None:
                continue  # default paths: the finding about the name is enough
            what = f"{method} {hook.spec.route}"
            other_place = other.path_place or other.place
            message = f"{what} is defined twice: {_where(other, other_place)}"
            if hook.spec.route != other.spec.route:
                message += f", as {other.spec.route}"
            hint = "give one of them another path or method, or write `enabled: false`"
            yield _diagnostic("duplicate-route", hook, _path_of(hook), message, hint)


def _shadows(hooks: Sequence[ReadHook]) -> Iterator[Diagnostic]:
    for hook, example, owner in shadowed(hooks):
        message = (
            f"{example} does not reach this hook: '{owner.spec.route}' of hook "
            f"'{owner.spec.name}' has a literal segment there"
        )
        hint = "the router takes a literal segment before a parameter and does not backtrack"
        yield _diagnostic("shadowed-path", hook, _path_of(hook), message, hint)


def _repeated(claims: Iterable[tuple[Claim, ReadHook]]) -> Iterator[tuple[Claim, list[ReadHook]]]:
    by_claim: dict[Claim, list[ReadHook]] = defaultdict(list)
    for claim, hook in claims:
        by_claim[claim].append(hook)
    return ((claim, owners) for claim, owners in by_claim.items() if len(owners) > 1)


def _pairs(owners: list[ReadHook]) -> Iterator[tuple[ReadHook, ReadHook]]:
    """The first owner with the second, each other one with the first."""
    yield owners[0], owners[1]
    for owner in owners[1:]:
        yield owner, owners[0]


def _path_of(hook: ReadHook) -> Place:
    return hook.path_place or hook.place


def _where(hook: ReadHook, place: Place) -> str:
    return f"hook '{hook.spec.name}' at {_at(hook, place)}"


def _at(hook: ReadHook, place: Place) -> str:
    return f"{hook.file}:{place.line}:{place.column}"


def _diagnostic(code: str, hook: ReadHook, place: Place, message: str, hint: str) -> Diagnostic:
    return Diagnostic(
        file=hook.file,
        place=place,
        severity=CODES[code].severity,
        code=code,
        message=masked(message),
        hint=hint,
        hook=hook.spec.name,
    )
