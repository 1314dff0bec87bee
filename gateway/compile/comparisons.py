"""How values are compared with what an author wrote: by JSON type, or as text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from gateway.compile.forms import json_text
from gateway.language.values import json_equal

Test = Callable[[Any], bool]
Relation = Callable[[Any, Any], bool]

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_decode = msgspec.json.Decoder().decode


class Comparison(NamedTuple):
    """What makes the tests that depend on whether a source has types.

    A test takes a value or MISSING, never raises, and is false for what it cannot compare.
    """

    equals: Callable[[Any], Test]
    one_of: Callable[[list[Any]], Test]
    compares: Callable[[Relation, int | float | str], Test]
    contains: Callable[[Any], Test]


def never(_value: Any) -> bool:
    """The test that nothing passes."""
    return False


def _typed_equals(intended: Any) -> Test:
    if intended is None or isinstance(intended, bool):
        return lambda value: value is intended
    if isinstance(intended, str):
        return lambda value: bool(value == intended)
    if isinstance(intended, (int, float)):
        return lambda value: type(value) is not bool and bool(value == intended)
    return lambda value: json_equal(intended, value)


def _typed_one_of(intended: list[Any]) -> Test:
    if all(isinstance(one, str) for one in intended):
        return _one_of_texts(frozenset(intended))
    tests = tuple(_typed_equals(one) for one in intended)
    return lambda value: any(test(value) for test in tests)


def _one_of_texts(texts: frozenset[str]) -> Test:
    return lambda value: type(value) is str and value in texts


def _typed_compares(holds: Relation, bound: int | float | str) -> Test:
    kinds = (str,) if isinstance(bound, str) else (int, float)
    return lambda value: type(value) in kinds and holds(value, bound)


def _typed_contains(part: Any) -> Test:
    equals = _typed_equals(part)
    text = part if isinstance(part, str) else None

    def test(value: Any) -> bool:
        if type(value) is list:
            return any(equals(element) for element in value)
        return text is not None and type(value) is str and text in value

    return test


TYPED = Comparison(_typed_equals, _typed_one_of, _typed_compares, _typed_contains)
"""For JSON: 1 equals 1.0, not "1", not true."""


def text_of(scalar: Any) -> str | None:
    """The text that a form would carry for a scalar; None for what has none."""
    if isinstance(scalar, (list, dict)) or (
        isinstance(scalar, float) and not math.isfinite(scalar)
    ):
        return None
    try:
        return json_text(scalar)
    except ValueError:  # an integer of over 4,300 digits
        return None


def _text_equals(intended: Any) -> Test:
    if isinstance(intended, list):
        texts = [text_of(one) for one in intended]
        return lambda value: bool(value == texts)
    text = text_of(intended)
    return never if text is None else lambda value: bool(value == text)


def _text_one_of(intended: list[Any]) -> Test:
    tests = [_text_equals(one) for one in intended if isinstance(one, list)]
    texts = frozenset(text for one in intended if (text := text_of(one)) is not None)
    among = _one_of_texts(texts)
    if not tests:
        return among
    return lambda value: among(value) or any(test(value) for test in tests)


def _text_compares(holds: Relation, bound: int | float | str) -> Test:
    if isinstance(bound, str):
        return _typed_compares(holds, bound)

    def test(value: Any) -> bool:
        number = _number(value)
        return number is not None and holds(number, bound)

    return test


def _number(text: Any) -> int | float | None:
    if type(text) is not str or not _NUMBER.fullmatch(text):
        return None
    try:
        number: int | float = _decode(text)
    except msgspec.DecodeError:
        return None
    return number


def _text_contains(part: Any) -> Test:
    text = text_of(part)
    if text is None:
        return never
    return lambda value: type(value) in (str, list) and text in value


TEXT = Comparison(_text_equals, _text_one_of, _text_compares, _text_contains)
"""For forms, queries and headers: everything is text, and so is what it is compared with."""
