"""Operators on one value that exclude each other, or add nothing to each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.language.lint.bounds import bounds
from gateway.language.lint.holding import holds
from gateway.language.lint.kinds import at_odds
from gateway.language.lint.parts import conditions, operators_of
from gateway.language.mistake import Mistake
from gateway.language.patterns import compile_pattern
from gateway.language.spec import Hook
from gateway.language.values import json_equal
from gateway.language.yaml12 import Steps


def check(hook: Hook) -> Iterator[Mistake]:
    """Patterns that do not compile, then what the operators of each condition are together."""
    for steps, condition in conditions(hook):
        written = operators_of(condition)
        yield from _pattern(steps, written)
        yield from _together(steps, written)


def _pattern(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    if "pattern" in written:
        try:
            compile_pattern(written["pattern"])
        except ValueError as error:
            message = f"RE2 does not take this pattern: {error}"
            unknown = "perl operator" in str(error) or "escape sequence" in str(error)
            hint = "RE2 has no look-around and no back-references" if unknown else ""
            yield Mistake("bad-pattern", (*steps, "pattern"), message, hint)


def _together(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    """The first contradiction; where there is none, what is of no effect."""
    found = [*at_odds(steps, written), *bounds(steps, written)]
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
            message = f"'{name}' has no effect: what equals 'eq' satisfies it"
            yield Mistake("unreachable", (*steps, name), message, "remove it", on="key")


def _inside_in(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    values = written["in"]
    others = {name: operand for name, operand in written.items() if name != "in"}
    excluded = {index: _excluding(value, others) for index, value in enumerate(values)}
    if all(excluded.values()):
        names = " and ".join(f"'{name}'" for name in dict.fromkeys(excluded.values()))
        message = f"{names} excludes every value of 'in'"
        yield Mistake("contradiction", (*steps, "in"), message, on="key")
        return
    for index, value in enumerate(values):
        place = (*steps, "in", index)
        if name := excluded[index]:
            message = f"this value is never reached: '{name}' excludes it"
            yield Mistake("unreachable", place, message, "remove it")
        elif any(json_equal(value, earlier) for earlier in values[:index]):
            yield Mistake("unreachable", place, "this value stands there twice", "remove it")


def _excluding(value: Any, others: dict[str, Any]) -> str:
    excluding = (name for name, operand in others.items() if holds(name, operand, value) is False)
    return next(excluding, "")


def _beside_missing(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    for name in written:
        if name in ("ne", "not_in", "none"):
            message = f"'{name}' has no effect: what is missing satisfies it"
            yield Mistake("unreachable", (*steps, name), message, "remove it", on="key")
