"""Of which kind a value must be for an operator to hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from gateway.language.lint.parts import operators_of
from gateway.language.literals import ConstantLiteral
from gateway.language.mistake import Mistake
from gateway.language.spec import Condition, Operators
from gateway.language.yaml12 import Steps

Kinds = frozenset[str]

_PRESENT = frozenset({"text", "a number", "true or false", "null", "an array", "an object"})
_EVERY = _PRESENT | {"missing"}
_TEXT = frozenset({"text"})
_NUMBER = frozenset({"a number", "text"})  # a form carries a number as its text
_ARRAY = frozenset({"an array"})


def at_odds(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    """Two operators that no value can satisfy, whatever their operands are."""
    for (one, first), (other, second) in combinations(written.items(), 2):
        if not _kinds(one, first) & _kinds(other, second):
            message = f"'{one}' and '{other}' cannot both hold: {_needs(one, first)}, "
            message += _needs(other, second)
            yield Mistake("contradiction", (*steps, other), message, on="key")


def _needs(name: str, operand: Any) -> str:
    kinds = sorted(_kinds(name, operand))
    if kinds == sorted(_PRESENT):
        return f"'{name}' needs a value"
    return f"'{name}' needs " + " or ".join("none" if kind == "missing" else kind for kind in kinds)


def _kinds(name: str, operand: Any) -> Kinds:
    match name:
        case "eq":
            return kinds_of(operand)
        case "in":
            return frozenset().union(*map(kinds_of, operand))
        case "gt" | "gte" | "lt" | "lte":
            return _TEXT if isinstance(operand, str) else _NUMBER
        case "prefix" | "suffix" | "pattern":
            return _TEXT
        case "contains":
            return _TEXT | _ARRAY
        case "exists":
            return _PRESENT if operand else frozenset({"missing"})
        case "any" | "all":
            return _ARRAY
        case "none":
            return _ARRAY | {"missing"}
    return _EVERY


def pinned(condition: Condition) -> Kinds:
    """The kinds that a value must have for a condition to hold; `missing` is one of them."""
    if not isinstance(condition, Operators):
        return kinds_of(condition)
    written = operators_of(condition).items()
    return _EVERY.intersection(*(_kinds(name, operand) for name, operand in written))


def kinds_of(value: Any) -> Kinds:
    """The kinds as which a value that an author wrote can arrive."""
    match value:
        case ConstantLiteral():
            return kinds_of(value.value)
        case None:
            return frozenset({"null", "text"})
        case bool():
            return frozenset({"true or false", "text"})
        case str():
            return _TEXT
        case list():
            return _ARRAY
        case dict():
            return frozenset({"an object"})
    return _NUMBER
