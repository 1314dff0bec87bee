"""Rules inside rules: `any`, `all` and `not` of `match`.

A condition holds, does not hold, or cannot be judged, and `not` holds only where its rule is
judged and does not hold. It is pushed inwards: each operator is compiled either to hold or to
certainly not hold, and nothing of three values is left when a request comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from msgspec import UnsetType

from gateway.compile.comparisons import Test
from gateway.compile.filled_in import filled_in
from gateway.compile.paths import Finder
from gateway.compile.request_parts import (
    FORM,
    HEADERS,
    JSON,
    PATH,
    QUERY,
    Conditions,
    Source,
    fitted,
    judged_name,
    tests_of,
    written,
)
from gateway.compile.values import CLEAR, Holds, Unclear, Values
from gateway.language.spec.rules import Rule


class Leaf(NamedTuple):
    """One test on one parameter, which is called `name` where it can be unclear."""

    name: str
    find: Finder
    test: Test


Leaves = tuple[Leaf, ...]


def compile_rule(rule: Rule, wanted: bool) -> Holds:
    """Whether a rule holds, or with `wanted` false whether it is judged and does not hold."""
    parts = [*_on_parameters(rule, wanted), *_rules_in(rule, wanted)]
    return _every(parts) if wanted else _some(parts)


def _rules_in(rule: Rule, wanted: bool) -> Iterator[Holds]:
    if not isinstance(rule.any, UnsetType):
        parts = [compile_rule(one, wanted) for one in rule.any]
        yield _some(parts) if wanted else _every(parts)
    if not isinstance(rule.all, UnsetType):
        parts = [compile_rule(one, wanted) for one in rule.all]
        yield _every(parts) if wanted else _some(parts)
    if not isinstance(rule.not_, UnsetType):
        yield compile_rule(rule.not_, not wanted)


def _on_parameters(rule: Rule, wanted: bool) -> Iterator[Holds]:
    among = _every_leaf if wanted else _some_leaf
    body = written(rule.body)
    typed, text = (_leaves(source, body, wanted) for source in (JSON, FORM))
    if typed:
        yield (
            lambda values: (
                among(typed, values.body, CLEAR)
                if values.typed
                else among(text, values.body, values.unclear_in_form)
            )
        )
    if query := _leaves(QUERY, written(rule.query), wanted):
        yield lambda values: among(query, values.query, values.unclear_in_query)
    if headers := _leaves(HEADERS, written(rule.headers), wanted):
        yield lambda values: among(headers, values.headers, CLEAR)
    if path := _leaves(PATH, written(rule.path), wanted):
        yield lambda values: among(path, values.path, CLEAR)
    for source in (JSON, QUERY, HEADERS, PATH):
        for _, _, holds, _, _ in filled_in(source, written(getattr(rule, source.key)), wanted):
            yield holds


def _leaves(source: Source, conditions: Conditions, wanted: bool) -> Leaves:
    return tuple(
        Leaf(
            judged_name(source, one.name),
            one.find,
            fitted(source, one.operator, wanted, one.test),
        )
        for one in tests_of(source, conditions)
    )


# Loops, as `all` and `any` of a generator take three times as long for a few parts.


def _every_leaf(leaves: Leaves, value: Any, unclear: Unclear) -> bool:
    if unclear and not unclear.isdisjoint(one.name for one in leaves):
        return False
    for _, find, test in leaves:  # noqa: SIM110
        if not test(find(value)):
            return False
    return True


def _some_leaf(leaves: Leaves, value: Any, unclear: Unclear) -> bool:
    for name, find, test in leaves:  # noqa: SIM110
        if name not in unclear and test(find(value)):
            return True
    return False


def _every(parts: list[Holds]) -> Holds:
    def every(values: Values) -> bool:
        for part in parts:  # noqa: SIM110
            if not part(values):
                return False
        return True

    return parts[0] if len(parts) == 1 else every


def _some(parts: list[Holds]) -> Holds:
    def some(values: Values) -> bool:
        for part in parts:  # noqa: SIM110
            if part(values):
                return True
        return False

    return parts[0] if len(parts) == 1 else some
