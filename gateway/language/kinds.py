"""Of which kind a value must be for an operator to hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.language.holding import NOT
from gateway.language.literals import ConstantLiteral
from gateway.language.operands import FILLED, Demand

Kinds = frozenset[str]

PRESENT = frozenset({"text", "a number", "true or false", "null", "an array", "an object"})
_EVERY = PRESENT | {"missing"}
_TEXT = frozenset({"text"})
_NUMBER = frozenset({"a number", "text"})  # a form carries a number as its text
_ARRAY = frozenset({"an array"})
_COUNTED = frozenset({"text", "an array", "an object"})


def kinds_for(name: str, operand: Any) -> Kinds:
    """The kinds, `missing` among them, of which a value must be for an operator to hold. What
    begins with `not ` is an operator that certainly does not hold, and is asked of the same kinds.
    """
    name = name.removeprefix(NOT)
    return (
        _WHATEVER.get(name.removeprefix(FILLED), _EVERY)
        if name.startswith(FILLED)
        else (_kinds_for(name, operand))
    )


def _kinds_for(name: str, operand: Any) -> Kinds:
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
            return PRESENT if operand else frozenset({"missing"})
        case "any" | "all":
            return _ARRAY
        case "length":
            return _COUNTED
        case "none":
            return _ARRAY | {"missing"}
    return _EVERY


_WHATEVER: dict[str, Kinds] = {
    **dict.fromkeys(("eq", "in"), PRESENT),
    **dict.fromkeys(("gt", "gte", "lt", "lte"), _NUMBER),
    **dict.fromkeys(("prefix", "suffix"), _TEXT),
    "contains": _TEXT | _ARRAY,
    **dict.fromkeys(("any", "all"), _ARRAY),
    "none": _ARRAY | {"missing"},
}
"""The kinds for operators whose operand is known only with a request."""


def pinned(demands: Iterable[Demand]) -> Kinds:
    """The kinds that a value must have to meet demands; `missing` is one of them."""
    return _EVERY.intersection(*(kinds_for(name, operand) for name, operand in demands))


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
