"""Every operator as a test on one value, made once."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from gateway.compile.comparisons import Comparison, Relation, Test
from gateway.compile.paths import MISSING, compile_path
from gateway.language.patterns import compile_pattern
from gateway.language.spec.match import Condition, Elements, Operators
from gateway.language.values import parse_path

Build = Callable[[Comparison, Any], Test]


def compile_condition(condition: Condition, comparison: Comparison) -> tuple[tuple[str, Test], ...]:
    """Pairs of an operator's name and its test, all of which must hold.

    The name of plain equality is empty. A test takes a value or MISSING and never raises.
    """
    if not isinstance(condition, Operators):
        return (("", comparison.equals(condition)),)
    names = zip(condition.__struct_fields__, condition.__struct_encode_fields__, strict=True)
    return tuple(
        (name, BUILDERS[name](comparison, operand))
        for field, name in names
        if (operand := getattr(condition, field)) is not UNSET
    )


def _not(build: Build) -> Build:
    def negated(comparison: Comparison, operand: Any) -> Test:
        test = build(comparison, operand)
        return lambda value: not test(value)

    return negated


def _equals(comparison: Comparison, operand: Any) -> Test:
    return comparison.equals(operand)


def _one_of(comparison: Comparison, operand: list[Any]) -> Test:
    return comparison.one_of(operand)


def _compares(holds: Relation) -> Build:
    return lambda comparison, operand: comparison.compares(holds, operand)


def _prefix(_reading: Comparison, operand: str) -> Test:
    return lambda value: type(value) is str and value.startswith(operand)


def _suffix(_reading: Comparison, operand: str) -> Test:
    return lambda value: type(value) is str and value.endswith(operand)


def _contains(comparison: Comparison, operand: Any) -> Test:
    return comparison.contains(operand)


def _pattern(_comparison: Comparison, operand: str) -> Test:
    found = compile_pattern(operand)
    return lambda value: type(value) is str and found(value)


def _exists(_reading: Comparison, operand: bool) -> Test:
    return lambda value: (value is not MISSING) is operand


def _any(comparison: Comparison, operand: Elements) -> Test:
    test = _element(comparison, operand)
    return lambda value: type(value) is list and any(map(test, value))


def _all(comparison: Comparison, operand: Elements) -> Test:
    test = _element(comparison, operand)
    return lambda value: type(value) is list and all(map(test, value))


def _none(comparison: Comparison, operand: Elements) -> Test:
    test = _element(comparison, operand)
    return lambda value: value is MISSING or (type(value) is list and not any(map(test, value)))


def _element(comparison: Comparison, elements: Elements) -> Test:
    rule = elements.rule
    if not isinstance(rule, dict):
        return _every(tuple(test for _, test in compile_condition(rule, comparison)))
    return _every(
        tuple(
            _at(path, test)
            for path, condition in rule.items()
            for _, test in compile_condition(condition, comparison)
        )
    )


def _at(path: str, test: Test) -> Test:
    find = compile_path(parse_path(path))
    return lambda element: test(find(element))


def _every(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


BUILDERS: dict[str, Build] = {
    "eq": _equals,
    "ne": _not(_equals),
    "in": _one_of,
    "not_in": _not(_one_of),
    "gt": _compares(operator.gt),
    "gte": _compares(operator.ge),
    "lt": _compares(operator.lt),
    "lte": _compares(operator.le),
    "prefix": _prefix,
    "suffix": _suffix,
    "contains": _contains,
    "pattern": _pattern,
    "exists": _exists,
    "any": _any,
    "all": _all,
    "none": _none,
}
"""What makes each operator's test, by the name that authors write."""
