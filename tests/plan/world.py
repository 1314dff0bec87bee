"""A small world of conditions and values: what each accepts is one number, a bit a value."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.compile.comparisons import TEXT, TYPED, Comparison
from gateway.compile.operators import compile_condition
from gateway.compile.paths import MISSING
from gateway.language.spec.match import Elements, Operators

SCALARS: list[Any] = [
    *("", "a", "b", "ab", "aba", "é", "1", "1.0", "-0.0", "10", "9", "true", "null"),
    *(None, True, False, 0, 1, 1.0, 1.5, 2, -2, 10, -0.0, 2**53 + 1, float(2**53)),
]
NESTED: list[Any] = [
    *([], ["a"], ["ab"], ["a", "b"], ["1", "2"], [1, 2], [1, 2.0], [True], [[1]], [0]),
    *({}, {"a": 1}, {"a": 1.0}, {"a": "1"}, [{"a": 1}], [{"a": 1.0}, {"a": 2}]),
]
JSON: list[Any] = [
    *(*SCALARS, *NESTED, MISSING, 3, "abab", ["b"], ["a", "a"], [0, 1], [1.0, 2], [[]]),
    *([{"a": 2}], [{"b": 1}], [{"a": 1, "b": 2}], [{"a": 1, "b": 1}], {"a": 1, "b": 1}),
]
"""Values as a JSON body carries them."""

FORM: list[Any] = [
    *(*[one for one in SCALARS if isinstance(one, str)], MISSING, "1e0", "01", "-0"),
    *("9007199254740993", "9007199254740992", "9007199254740992.0", "abab", "0", "2"),
    *(["a", "b"], ["1", "2"], ["ab", "a"], ["1", "1.0"], ["true", "a"], ["a", "a"], ["2", "10"]),
]
"""Values as a form, a query or a header carries them."""

LISTS: list[list[Any]] = [
    *(["a", "b"], ["a"], [1, 2], [1, "1"], [1.0], [True, 1], [None, "null"], [{"a": 1}]),
    *([["1", "2"], "a"], ["b", "a", "ab"]),
]
BOUNDS = ["", "a", "ab", "1", "10", 0, 1, 1.0, 1.5, 2, -2, 10, 2**53 + 1, float(2**53), -0.0]
RULES: list[Any] = [
    *("a", 1, "1", 1.0, ["a"], {"a": 1}, {"0": 1}),
    *(Operators(gt=0), Operators(gt=1), Operators(ne="a"), Operators(exists=False)),
    *({"a": Operators(gt=0)}, {"/a": Operators(exists=True)}, {"a": Operators(exists=False)}),
    *({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1, "b": Operators(ne=1)}),
    *(Operators(any=Elements(1)), Operators(none=Elements(1))),
]


def one(name: str, operand: Any) -> Operators:
    """A condition of one operator."""
    if name in ("any", "all", "none"):
        rule: Any = Elements(operand)
        return Operators(**{name: rule})
    return msgspec.convert({name: operand}, Operators)


CONDITIONS: list[Operators] = [
    *[one(name, value) for name in ("eq", "ne", "contains") for value in SCALARS + NESTED],
    *[one(name, values) for name in ("in", "not_in") for values in LISTS],
    *[one(name, bound) for name in ("gt", "gte", "lt", "lte") for bound in BOUNDS],
    *[one(name, text) for name in ("prefix", "suffix") for text in ("a", "b", "ab", "1", "é")],
    *[one("pattern", pattern) for pattern in ("a", "^a", "b$", "^$", r"\d")],
    *[one("exists", there) for there in (True, False)],
    *[one(name, rule) for name in ("any", "all", "none") for rule in RULES],
    *[one("length", {name: 1}) for name in ("eq", "ne", "gt", "gte", "lt", "lte")],
    *[one("length", length) for length in (0, 2, {"in": [0, 2]}, {"gt": 0, "lte": 2, "ne": 1})],
]


def accepted(condition: Operators) -> int:
    """Which values of the world pass the matcher's own tests."""
    found = [*_bits(condition, TYPED, JSON), *_bits(condition, TEXT, FORM)]
    return sum(1 << place for place, passes in enumerate(found) if passes)


def _bits(condition: Operators, comparison: Comparison, values: list[Any]) -> list[bool]:
    tests = [test for _, test in compile_condition(condition, comparison)]
    return [all(test(value) for test in tests) for value in values]
