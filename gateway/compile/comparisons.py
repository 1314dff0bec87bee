"""How values are compared with what an author wrote: by JSON type, or as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

from gateway.compile.paths import ASTRAY, MISSING
from gateway.language.decimals import exact_decimal
from gateway.language.literals import plain, text_of
from gateway.language.spec.match import Ordered
from gateway.language.values import NUMBERS, exact, json_equal

Verdict: TypeAlias = bool | None
"""None is: it cannot be judged, as the value is of another kind than what was written. It is not
true, and its negation is none either."""

Test = Callable[[Any], Verdict]
Relation = Callable[[Any, Any], bool]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_NUMBERS = frozenset(NUMBERS)
_TEXTS = frozenset({str})


class Comparison(NamedTuple):
    """What makes the tests that depend on whether a source has types.

    A test takes a value, MISSING or ASTRAY, and never raises.
    """

    equals: Callable[[Any], Test]
    one_of: Callable[[list[Any]], Test]
    compares: Callable[[Relation, Ordered], Test]
    contains: Callable[[Any], Test]


def absent(value: Any) -> Verdict:
    """The verdict on what has no value to judge: false for nothing and null, else none."""
    return False if value is None or value is MISSING else None


def _other_than(kinds: frozenset[type]) -> Test:
    """The verdict on a value that is not the intended one: false where it is of these kinds.

    Without a kind it is null that was intended, from which everything can be told.
    """
    if not kinds:
        return lambda value: None if value is ASTRAY else False
    return lambda value: (
        False if type(value) in kinds or value is None or value is MISSING else None
    )


def _kind(value: Any) -> frozenset[type]:
    if value is None:
        return frozenset()
    return _NUMBERS if type(value) is not bool and isinstance(value, NUMBERS) else _type(value)


def _type(value: Any) -> frozenset[type]:
    return frozenset({type(value)})


def _kinds(values: Iterable[Any]) -> frozenset[type]:
    return frozenset[type]().union(*map(_kind, values))


def _typed_equals(intended: Any) -> Test:
    intended = plain(intended)
    other = _other_than(_kind(intended))
    if intended is None or isinstance(intended, bool):
        return lambda value: value is intended or other(value)
    if isinstance(intended, str):
        return lambda value: value == intended or other(value)
    if isinstance(intended, NUMBERS):
        number = exact(intended)
        return lambda value: (type(value) in _NUMBERS and exact(value) == number) or other(value)
    return lambda value: json_equal(intended, value) or other(value)


def _typed_one_of(intended: list[Any]) -> Test:
    intended = plain(intended)
    texts = frozenset(one for one in intended if isinstance(one, str))
    numbers = frozenset(exact(one) for one in intended if _kind(one) is _NUMBERS)
    rest = [_typed_equals(one) for one in intended if _kind(one) not in (_NUMBERS, _TEXTS)]
    other = _other_than(_kinds(intended))

    def test(value: Any) -> Verdict:
        kind = type(value)
        if kind is str:
            return value in texts or other(value)
        if kind in _NUMBERS:
            return exact(value) in numbers or other(value)
        return any(equals(value) for equals in rest) or other(value)

    return test


def _typed_compares(holds: Relation, bound: Any) -> Test:
    if isinstance(bound, str):
        return lambda value: holds(value, bound) if type(value) is str else absent(value)
    number = exact(bound)
    return lambda value: holds(exact(value), number) if type(value) in _NUMBERS else absent(value)


def _typed_contains(part: Any) -> Test:
    equals = _typed_equals(part)
    text = part if isinstance(part, str) else None

    def test(value: Any) -> Verdict:
        if type(value) is list:
            return some(map(equals, value))
        if text is not None and type(value) is str:
            return text in value
        return absent(value)

    return test


def some(verdicts: Iterable[Verdict]) -> Verdict:
    """True where one is true; false only where every single one is."""
    found: Verdict = False
    for verdict in verdicts:
        if verdict:
            return True
        if verdict is None:
            found = None
    return found


TYPED = Comparison(_typed_equals, _typed_one_of, _typed_compares, _typed_contains)
"""For JSON: 1 equals 1.0, not "1", not true."""


def _text_equals(intended: Any) -> Test:
    if isinstance(intended, list):
        texts = [text_of(one) for one in intended]
        return lambda value: value == texts if type(value) is list else absent(value)
    text = text_of(intended)
    if text is None:
        return absent
    return lambda value: value == text if type(value) is str else absent(value)


def _text_one_of(intended: list[Any]) -> Test:
    tests = [_text_equals(one) for one in intended if isinstance(one, list)]
    texts = frozenset(text for one in intended if (text := text_of(one)) is not None)

    def test(value: Any) -> Verdict:
        if type(value) is str:
            return value in texts if texts else None
        return some(equals(value) for equals in tests) if tests else absent(value)

    return test


def _text_compares(holds: Relation, bound: Any) -> Test:
    if isinstance(bound, str):
        return _typed_compares(holds, bound)
    limit = exact(bound)

    def test(value: Any) -> Verdict:
        number = number_of(value) if type(value) is str else None
        return absent(value) if number is None else holds(number, limit)

    return test


def number_of(text: str) -> Any:
    """The number that a text is in JSON's grammar, as far as JSON would take it."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return int(text) if text.lstrip("-").isdigit() else exact_decimal(text)
    except ValueError:  # over 4,300 digits
        return None


def _text_contains(part: Any) -> Test:
    text = text_of(part)
    if text is None:
        return absent
    return lambda value: text in value if type(value) in (str, list) else absent(value)


TEXT = Comparison(_text_equals, _text_one_of, _text_compares, _text_contains)
"""For forms, queries and headers: everything is text, and so is what it is compared with."""
