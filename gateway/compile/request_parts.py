"""The parts of a request that have parameters: how one is found there, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import UnsetType

from gateway.compile.comparisons import TEXT, TYPED, Comparison, Test
from gateway.compile.kinds import Needed, needed
from gateway.compile.names import Names
from gateway.compile.operators import compile_condition, refutation
from gateway.compile.paths import MISSING, Finder, compile_path
from gateway.language.rules import SourceName, asked
from gateway.language.spec.match import Condition
from gateway.language.spec.rules import Match
from gateway.language.values import parse_path

Conditions = Mapping[str, Condition]
Adapt = Callable[[str, Test], Test]


def _unchanged(_key: str, test: Test) -> Test:
    return test


class Source(NamedTuple):
    """A part of a request. `holds` and `fails` fit the test of an operator to values that come in
    several lines: where it must hold, and where it must certainly not hold.
    """

    key: SourceName
    what: str
    find: Callable[[str], Finder]
    comparison: Comparison
    holds: Adapt = _unchanged
    fails: Adapt = _unchanged


class Tested(NamedTuple):
    """One operator on one parameter; the operator of plain equality is empty."""

    name: str
    operator: str
    find: Finder
    test: Test


def tests_of(source: Source, conditions: Conditions) -> Iterator[Tested]:
    """The tests of these conditions, not yet fitted to where they must hold or fail."""
    for name, condition in conditions.items():
        for operator, test in compile_condition(condition, source.comparison):
            yield Tested(name, operator, source.find(name), test)


def written(conditions: Conditions | UnsetType) -> Conditions:
    """Conditions that may be left out."""
    return {} if isinstance(conditions, UnsetType) else conditions


def form_name(path: str) -> str | tuple[str, ...]:
    """What a form would call a parameter: only a path of one step has a name there."""
    steps = tuple(map(str, parse_path(path)))
    return steps[0] if len(steps) == 1 else steps


def fitted(source: Source, operator: str, wanted: bool, test: Test) -> Test:
    """The test of an operator that must hold, or with `wanted` false must certainly not."""
    if wanted:
        return source.holds(operator, test)
    return refutation(operator, source.fails(operator, test))


def needed_by(source: Source, operator: str, operand: Any) -> Needed:
    """The kinds of which an operator needs a value of this part."""
    found = needed(operator, operand, source.comparison is TYPED)
    if source is not HEADERS or not found.kinds:
        return found
    return Needed(found.kinds | {"an array"}, found.number)  # several lines are one text


def judged_name(source: Source, name: str) -> str:
    """The name of a parameter as far as it can be unclear which one a sent name means."""
    if source.key != "body":
        return name
    found = form_name(name)
    return found if isinstance(found, str) else ".".join(found)


def rule_names(match: Match | UnsetType) -> Names:
    """What forms would call the parameters of the body that rules speak of."""
    found = () if isinstance(match, UnsetType) else asked(match)
    return Names(form_name(one.name) for one in found if one.source == "body")


def _at_path(path: str) -> Finder:
    return compile_path(parse_path(path))


def _named(name: str) -> Finder:
    return lambda parameters: parameters.get(name, MISSING)


def _header(name: str) -> Finder:
    return _named(name.lower())


_DENYING = ("ne", "not_in")
_DENIED = ("", "eq", "in", "prefix", "suffix", "pattern")
"""Operators that deny something by not holding."""


def _unless(single: tuple[str, ...]) -> Adapt:
    """A header of several lines is one list with commas (RFC 9110, 5.3), or one of them counts:
    a denial must be true of both, and so of a single line only.
    """

    def adapt(key: str, test: Test) -> Test:
        if key in single:
            return lambda value: None if type(value) is list else test(value)
        return lambda value: test(", ".join(value) if type(value) is list else value)

    return adapt


JSON = Source("body", "body parameter", _at_path, TYPED)
FORM = Source("body", "body parameter", _at_path, TEXT)
QUERY = Source("query", "query parameter", _named, TEXT)
HEADERS = Source("headers", "header", _header, TEXT, _unless(_DENYING), _unless(_DENIED))
PATH = Source("path", "path parameter", _named, TEXT)
CLAIMS = Source("body", "claim", _at_path, TYPED)
