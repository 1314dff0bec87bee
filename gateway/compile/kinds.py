"""The kinds of values in sentences: that of a value, and those of which an operator needs one."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from gateway.compile.comparisons import number_of
from gateway.compile.multipart_form import FILE
from gateway.compile.paths import ASTRAY, MISSING
from gateway.language.literals import ConstantLiteral
from gateway.language.template import words

Kinds = frozenset[str]

_ANY: Kinds = frozenset()
_TEXT = frozenset({"text"})
_ARRAY = frozenset({"an array"})
_UNTOLD = frozenset({"null", "a file"})
"""Kinds of operands of which nothing is told: one is a value, and with the other nothing compares.
"""
_ORDERED = frozenset({"text", "a number"})
_NEEDED: dict[str, Kinds] = {
    **dict.fromkeys(("prefix", "suffix", "pattern"), _TEXT),
    **dict.fromkeys(("any", "all", "none"), _ARRAY),
    "length": frozenset({"text", "an array", "an object"}),
    "exists": _ANY,
}


def kind_of(value: Any) -> str:
    """The kind of a value in a sentence."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "text"
        case list() | tuple():
            return "an array"
        case int() | Decimal() | float():
            return "a number"
    return "a file" if value is FILE else "an object"


class Needed(NamedTuple):
    """The kinds of which an operator needs a value, all where it is empty. `number` says that a
    text must be one of a number, as forms, queries and headers carry it.
    """

    kinds: Kinds
    number: bool = False

    def unmet(self, value: Any) -> str:
        """That a value is of another kind, without the value; empty where it is of the right one,
        or where nothing is.
        """
        if not self.kinds or value is MISSING or value is ASTRAY:
            return ""
        kind = kind_of(value)
        if kind not in self.kinds:
            return f"the value is {kind}, not {words(self.kinds)}"
        number = not self.number or kind != "text" or number_of(value) is not None
        return "" if number else "the value is not a number"


def needed(operator: str, operand: Any, typed: bool) -> Needed:
    """What an operator, empty for equality, needs for this operand; `typed` is so for JSON, whose
    values are compared by their types.
    """
    if operator in ("gt", "gte", "lt", "lte"):
        kind = _kinds([operand]) & _ORDERED
        return Needed(kind) if typed else Needed(kind and _TEXT, "a number" in kind)
    if operator == "contains":
        return Needed(_ARRAY | (_kinds([operand]) & _TEXT if typed else _TEXT))
    if operator in _NEEDED:
        return Needed(_NEEDED[operator])
    kinds = _kinds(operand if operator in ("in", "not_in") else [operand])
    if not kinds.isdisjoint(_UNTOLD):
        return Needed(_ANY)
    return Needed(kinds if typed else frozenset(map(_carried, kinds)))


def _kinds(values: Iterable[Any]) -> Kinds:
    return frozenset(
        kind_of(one.value if isinstance(one, ConstantLiteral) else one) for one in values
    )


def _carried(kind: str) -> str:
    """The kind as which a form, a query or a header carries a value."""
    return kind if kind in ("an array", "an object") else "text"
