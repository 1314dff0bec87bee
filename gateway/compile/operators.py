"""Every operator as a test on one value, made once."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import re2  # type: ignore[import-untyped]
from msgspec import UNSET

from gateway.compile.paths import MISSING, compile_path
from gateway.compile.readings import Reading, Relation, Test
from gateway.language.spec.match import Condition, Elements, Operators
from gateway.language.values import parse_path

PATTERN_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take; a larger one does not compile."""

Build = Callable[[Reading, Any], Test]


def compile_condition(condition: Condition, reading: Reading) -> tuple[tuple[str, Test], ...]:
    """Pairs of an operator's name and its test, all of which must hold.

    The name of plain equality is empty. A test takes a value or MISSING and never raises.
    """
    if not isinstance(condition, Operators):
        return (("", reading.equals(condition)),)
    names = zip(condition.__struct_fields__, condition.__struct_encode_fields__, strict=True)
    return tuple(
        (name, BUILDERS[name](reading, operand))
        for field, name in names
        if (operand := getattr(condition, field)) is not UNSET
    )


def _not(build: Build) -> Build:
    def negated(reading: Reading, operand: Any) -> Test:
        test = build(reading, operand)
        return lambda value: not test(value)

    return negated


def _equals(reading: Reading, operand: Any) -> Test:
    return reading.equals(operand)


def _one_of(reading: Reading, operand: list[Any]) -> Test:
    return reading.one_of(operand)


def _compares(holds: Relation) -> Build:
    return lambda reading, operand: reading.compares(holds, operand)


def _prefix(_reading: Reading, operand: str) -> Test:
    return lambda value: type(value) is str and value.startswith(operand)


def _suffix(_reading: Reading, operand: str) -> Test:
    return lambda value: type(value) is str and value.endswith(operand)


def _contains(reading: Reading, operand: Any) -> Test:
    return reading.contains(operand)


def _pattern(_reading: Reading, operand: str) -> Test:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY
    # A pattern of bytes still matches UTF-8, and spares the search of text its offsets.
    search = re2.compile(operand.encode(), options).search
    return lambda value: type(value) is str and search(value.encode()) is not None


def _exists(_reading: Reading, operand: bool) -> Test:
    return lambda value: (value is not MISSING) is operand


def _any(reading: Reading, operand: Elements) -> Test:
    test = _element(reading, operand)
    return lambda value: type(value) is list and any(map(test, value))


def _all(reading: Reading, operand: Elements) -> Test:
    test = _element(reading, operand)
    return lambda value: type(value) is list and all(map(test, value))


def _none(reading: Reading, operand: Elements) -> Test:
    test = _element(reading, operand)
    return lambda value: value is MISSING or (type(value) is list and not any(map(test, value)))


def _element(reading: Reading, elements: Elements) -> Test:
    rule = elements.rule
    if not isinstance(rule, dict):
        return _every(tuple(test for _, test in compile_condition(rule, reading)))
    return _every(
        tuple(
            _at(path, test)
            for path, condition in rule.items()
            for _, test in compile_condition(condition, reading)
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
