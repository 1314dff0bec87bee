"""Operators on one value that exclude each other, or add nothing to each other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from gateway.language.holding import Verdict, both_ways, holds, judge
from gateway.language.lint.bounds import bounds
from gateway.language.lint.kinds import at_odds
from gateway.language.lint.parts import conditions
from gateway.language.mistake import Mistake
from gateway.language.operands import FILLED, Demand, demands_of
from gateway.language.patterns import compile_pattern
from gateway.language.rules import operators_of
from gateway.language.spec import Hook, Operators
from gateway.language.yaml12 import Steps


def check(hook: Hook) -> Iterator[Mistake]:
    """Patterns that do not compile, then what the operators of each condition are together."""
    for one in conditions(hook):
        yield from _pattern(one.steps, operators_of(one.condition))
        if isinstance(one.condition, Operators):
            yield from _together(one.steps, demands_of(one.condition))


def _pattern(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    if "pattern" in written:
        try:
            compile_pattern(written["pattern"])
        except ValueError as error:
            message = f"RE2 does not accept this pattern: {error}"
            unknown = "perl operator" in str(error) or "escape sequence" in str(error)
            hint = "RE2 has no look-around and no back-references" if unknown else ""
            yield Mistake("bad-pattern", (*steps, "pattern"), message, hint)


def _together(steps: Steps, demands: Sequence[Demand]) -> Iterator[Mistake]:
    """The first contradiction; where there is none, what is of no effect. Of operands that are
    filled in only the kinds are known.
    """
    written = {name: operand for name, operand in demands if not name.startswith(FILLED)}
    found = [*at_odds(steps, demands), *bounds(steps, written)]
    if "eq" in written:
        found += _beside_eq(steps, written)
    elif "in" in written:
        found += _inside_in(steps, written)
    elif written.get("exists") is False:
        found += _beside_missing(steps, written)
    contradictions = [one for one in found if one.code == "contradiction"]
    yield from contradictions[:1] or found


def _beside_eq(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    for name, operand in written.items():
        holding = None if name == "eq" else holds(name, operand, written["eq"])
        if holding is False:
            message = f"'eq' and '{name}' cannot both hold"
            yield Mistake("contradiction", (*steps, name), message, on="key")
        elif holding is True:
            message = f"'{name}' has no effect: every value that equals 'eq' satisfies it"
            yield Mistake("unreachable", (*steps, name), message, "remove it", on="key")


def _inside_in(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    values = written["in"]
    judges = {name: judge(name, operand) for name, operand in written.items() if name != "in"}
    excluded = [_excluding(value, judges) for value in values]
    if all(excluded):
        names = " and ".join(f"'{name}'" for name in dict.fromkeys(excluded))
        message = f"{names} excludes every value of 'in'"
        yield Mistake("contradiction", (*steps, "in"), message, on="key")
        return
    earlier = set[Hashable]()
    for index, value in enumerate(values):
        place, known = (*steps, "in", index), both_ways(value)
        if name := excluded[index]:
            message = f"this value has no effect: '{name}' excludes it"
            yield Mistake("unreachable", place, message, "remove it")
        elif known in earlier:
            yield Mistake("unreachable", place, "this value appears twice", "remove it")
        earlier.add(known)


def _excluding(value: Any, judges: dict[str, Callable[[Any], Verdict]]) -> str:
    return next((name for name, holding in judges.items() if holding(value) is False), "")


def _beside_missing(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    for name in written:
        if name in ("ne", "not_in", "none"):
            message = f"'{name}' has no effect: a missing value satisfies it"
            yield Mistake("unreachable", (*steps, name), message, "remove it", on="key")
