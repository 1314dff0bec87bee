"""The rules of a hook one by one, wherever they stand inside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import UNSET, UnsetType

from gateway.language.spec.match import Condition, Operators
from gateway.language.spec.rules import Rule

if TYPE_CHECKING:  # a worker reads no YAML
    from gateway.language.yaml12 import Steps

SourceName = Literal["body", "query", "headers", "path"]

SOURCES: tuple[SourceName, ...] = ("body", "query", "headers", "path")
"""The keys of a rule that hold conditions on parameters."""

MATCH: Steps = ("match",)


class Placed(NamedTuple):
    """A rule, the way to it, and whether it must hold; below a `not` it must not."""

    steps: Steps
    rule: Rule
    wanted: bool = True


class Asked(NamedTuple):
    """A condition on a parameter, and the way to it."""

    steps: Steps
    source: SourceName
    name: str
    condition: Condition


def rules_in(match: Rule | UnsetType, steps: Steps = MATCH) -> Iterator[Placed]:
    """Every rule, each before those inside it."""
    waiting = [] if isinstance(match, UnsetType) else [Placed(steps, match)]
    while waiting:
        placed = waiting.pop(0)
        yield placed
        waiting[:0] = inner_rules(placed)


def inner_rules(placed: Placed) -> list[Placed]:
    """The rules right below a rule."""
    steps, rule, wanted = placed
    found = [
        Placed((*steps, key, index), one, wanted)
        for key, rules in (("any", rule.any), ("all", rule.all))
        if not isinstance(rules, UnsetType)
        for index, one in enumerate(rules)
    ]
    if not isinstance(rule.not_, UnsetType):
        found.append(Placed((*steps, "not"), rule.not_, not wanted))
    return found


def conjuncts(match: Rule | UnsetType, steps: Steps = MATCH) -> Iterator[Placed]:
    """The rules whose conditions must hold whatever else does: the outermost, and those of
    its `all`.
    """
    if isinstance(match, UnsetType):
        return
    yield Placed(steps, match)
    for index, one in enumerate(() if isinstance(match.all, UnsetType) else match.all):
        yield from conjuncts(one, (*steps, "all", index))


def asked_in(placed: Placed) -> Iterator[Asked]:
    """The conditions of one rule, without those of the rules inside it."""
    for source in SOURCES:
        for name, condition in conditions_on(placed.rule, source).items():
            yield Asked((*placed.steps, source, name), source, name, condition)


def asked(match: Rule | UnsetType, steps: Steps = MATCH) -> Iterator[Asked]:
    """Every condition on a parameter of the request."""
    for placed in rules_in(match, steps):
        yield from asked_in(placed)


def conditions_on(rule: Rule, source: SourceName) -> Mapping[str, Condition]:
    """The conditions of a rule on one part of the request."""
    written: Mapping[str, Condition] | UnsetType = getattr(rule, source)
    return {} if isinstance(written, UnsetType) else written


def operators_of(condition: Condition) -> dict[str, Any]:
    """The operators that were written, by their written names; plain equality has none."""
    if not isinstance(condition, Operators):
        return {}
    names = zip(condition.__struct_fields__, condition.__struct_encode_fields__, strict=True)
    return {
        name: operand
        for field, name in names
        if (operand := getattr(condition, field)) is not UNSET
    }


def spelled(steps: Steps) -> str:
    """The way to a rule or a condition as people write it: `match.any[0].body.ref`."""
    first, *rest = steps
    return str(first) + "".join(
        f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest
    )
