"""Every operator as a test on one value, made once."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from gateway.compile.comparisons import Comparison, Relation, Test, Verdict, absent, some
from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.language.lengths import RELATIONS, bounds_of
from gateway.language.operands import FILLED, demands_of
from gateway.language.patterns import compile_pattern
from gateway.language.spec.match import Condition, Elements, Length, Operators
from gateway.language.values import NUMBERS, parse_path

Build = Callable[[Comparison, Any], Test]


def compile_condition(condition: Condition, comparison: Comparison) -> tuple[tuple[str, Test], ...]:
    """Pairs of an operator's name and its test, all of which must hold.

    The name of plain equality is empty. A test takes a value, MISSING or ASTRAY, and never raises.
    Operators whose operand is filled in for each request are left out: see `operands`.
    """
    found = tuple(
        (name, BUILDERS[name](comparison, operand))
        for name, operand in demands_of(condition)
        if not name.startswith(FILLED)
    )
    return found if isinstance(condition, Operators) else tuple(("", test) for _, test in found)


def refutation(name: str, test: Test) -> Test:
    """Whether an operator certainly does not hold. That is not so of a value that is no text, no
    number, no array, where the operator speaks of one: what is not there fails many tests, and
    refutes none of these.
    """
    if name not in NEEDS_VALUE:
        return lambda value: test(value) is False
    return lambda value: value is not MISSING and value is not None and test(value) is False


def holds_number(written: Any) -> bool:
    """Whether a condition compares with a number anywhere, so that numbers must be exact."""
    match written:
        case bool():
            return False
        case Operators():
            operands = (getattr(written, field) for field in written.__struct_fields__)
            return any(map(holds_number, operands))
        case Elements():
            return holds_number(written.rule)
        case Length():
            return False
        case dict():
            return any(map(holds_number, written.values()))
        case list():
            return any(map(holds_number, written))
    return isinstance(written, NUMBERS)


def _not(build: Build) -> Build:
    def negated(comparison: Comparison, operand: Any) -> Test:
        test = build(comparison, operand)
        return lambda value: _negation(test(value))

    return negated


def _negation(verdict: Verdict) -> Verdict:
    """What cannot be judged cannot be denied either."""
    return None if verdict is None else not verdict


def _equals(comparison: Comparison, operand: Any) -> Test:
    return comparison.equals(operand)


def _one_of(comparison: Comparison, operand: list[Any]) -> Test:
    return comparison.one_of(operand)


def _compares(holds: Relation) -> Build:
    return lambda comparison, operand: comparison.compares(holds, operand)


def _text(build: Callable[[Any], Callable[[str], bool]]) -> Build:
    def built(_comparison: Comparison, operand: str) -> Test:
        holds = build(operand)
        return lambda value: holds(value) if type(value) is str else absent(value)

    return built


def _contains(comparison: Comparison, operand: Any) -> Test:
    return comparison.contains(operand)


def _exists(_comparison: Comparison, operand: bool) -> Test:
    return lambda value: None if value is ASTRAY else (value is not MISSING) is operand


def _elements(name: str) -> Build:
    return lambda comparison, operand: OF_ELEMENTS[name](_element(comparison, operand))


def _any(test: Test) -> Test:
    return lambda value: some(map(test, value)) if type(value) is list else _no_array(value)


def _all(test: Test) -> Test:
    return lambda value: every(map(test, value)) if type(value) is list else _no_array(value)


def _none(test: Test) -> Test:
    some_of = _any(test)
    return lambda value: _negation(some_of(value))


OF_ELEMENTS: dict[str, Callable[[Test], Test]] = {"any": _any, "all": _all, "none": _none}
"""What makes the test of an array of the test of an element."""


def _no_array(value: Any) -> Verdict:
    return False if value is MISSING else None


def _element(comparison: Comparison, elements: Elements) -> Test:
    rule = elements.rule
    rules = rule if isinstance(rule, dict) else {None: rule}
    return element_test(
        [
            (path, test)
            for path, condition in rules.items()
            for _, test in compile_condition(condition, comparison)
        ]
    )


def element_test(tests: Iterable[tuple[str | None, Test]]) -> Test:
    """The test of an element: all of these, each at its path inside it, or on the element itself
    without one.
    """
    return _together(tuple(test if path is None else _at(path, test) for path, test in tests))


def _at(path: str, test: Test) -> Test:
    find = compile_path(parse_path(path))
    return lambda element: test(find(element))


def _together(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda value: every(test(value) for test in tests)


def _length(_comparison: Comparison, operand: int | Length) -> Test:
    counted = _counted(operand)
    return lambda value: counted(len(value)) if type(value) in (str, list, dict) else absent(value)


def _counted(operand: int | Length) -> Callable[[int], bool]:
    """Whether a number of elements, members or code points is the intended one."""
    if isinstance(operand, int):
        return lambda count: count == operand
    tests = [(RELATIONS[name], number) for name, number in bounds_of(operand)]
    return lambda count: all(holds(count, number) for holds, number in tests)


def every(verdicts: Iterable[Verdict]) -> Verdict:
    """False where one is false; true only where every single one is."""
    found: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            found = None
    return found


BUILDERS: dict[str, Build] = {
    "eq": _equals,
    "ne": _not(_equals),
    "in": _one_of,
    "not_in": _not(_one_of),
    "gt": _compares(operator.gt),
    "gte": _compares(operator.ge),
    "lt": _compares(operator.lt),
    "lte": _compares(operator.le),
    "prefix": _text(lambda operand: lambda value: value.startswith(operand)),
    "suffix": _text(lambda operand: lambda value: value.endswith(operand)),
    "contains": _contains,
    "pattern": _text(compile_pattern),
    "exists": _exists,
    "any": _elements("any"),
    "all": _elements("all"),
    "none": _elements("none"),
    "length": _length,
}
"""What makes each operator's test, by the name that authors write."""

NEEDS_VALUE = frozenset(BUILDERS) - {"eq", "ne", "in", "not_in", "exists", "none"}
"""Operators that speak of a value of some kind. Of the others, `eq` among them, can be said that
they do not hold for what is missing.
"""
