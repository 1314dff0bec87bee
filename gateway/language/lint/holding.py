"""Whether an operator holds for a value that an author wrote, as far as that is certain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.language.patterns import compile_pattern
from gateway.language.values import json_equal, kind_of, ordered, text_of

Verdict = bool | None
"""None is: it depends on the request, for a form carries text where JSON has types."""


def holds(name: str, operand: Any, value: Any) -> Verdict:
    """Whether a parameter that is `value` satisfies an operator."""
    return _JUDGES[name](operand, value)


def _equals(operand: Any, value: Any) -> Verdict:
    typed, text = json_equal(operand, value), _same_text(operand, value)
    return typed if typed == text else None


def _same_text(a: Any, b: Any) -> bool:
    """Whether a form could not tell the two apart; a mapping never comes in a form."""
    if isinstance(a, dict) or isinstance(b, dict):
        return json_equal(a, b)
    if isinstance(a, list) or isinstance(b, list):
        both = isinstance(a, list) and isinstance(b, list) and len(a) == len(b)
        return both and all(map(_same_text, a, b))
    return text_of(a) == text_of(b)


def _one_of(operand: list[Any], value: Any) -> Verdict:
    verdicts = [_equals(one, value) for one in operand]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def _none_of(operand: list[Any], value: Any) -> Verdict:
    """A value of a kind that none of them has is refused, for it cannot be judged."""
    kind, kinds = kind_of(value), set(map(kind_of, operand))
    typed = not any(json_equal(one, value) for one in operand) and (
        kind in ("null", *kinds) or kinds == {"null"}
    )
    if kind == "object":
        return typed
    shapes = (isinstance(one, list) for one in operand if not isinstance(one, dict))
    text = not any(_same_text(one, value) for one in operand) and (kind == "array") in shapes
    return typed if typed == text else None


def _compares(*wanted: int) -> Callable[[Any, Any], Verdict]:
    def judge(operand: Any, value: Any) -> Verdict:
        order = ordered(value, operand)
        return None if order is None else order in wanted

    return judge


def _text(test: Callable[[Any, str], Verdict]) -> Callable[[Any, Any], Verdict]:
    """A judge of texts; a number or a boolean may come as text, a list may not."""

    def judge(operand: Any, value: Any) -> Verdict:
        if isinstance(value, str):
            return test(operand, value)
        return False if isinstance(value, (list, dict)) else None

    return judge


def _found(pattern: str, value: str) -> Verdict:
    try:
        return compile_pattern(pattern)(value)
    except ValueError:
        return None


def _contains(operand: Any, value: Any) -> Verdict:
    if isinstance(value, str) and isinstance(operand, str):
        return operand in value
    if isinstance(value, list):
        return _one_of(value, operand)
    return None


def _elements(_operand: Any, value: Any) -> Verdict:
    return None if isinstance(value, list) else False


_JUDGES: dict[str, Callable[[Any, Any], Verdict]] = {
    "eq": _equals,
    "ne": lambda operand, value: _none_of([operand], value),
    "in": _one_of,
    "not_in": _none_of,
    "gt": _compares(1),
    "gte": _compares(0, 1),
    "lt": _compares(-1),
    "lte": _compares(-1, 0),
    "prefix": _text(lambda operand, value: value.startswith(operand)),
    "suffix": _text(lambda operand, value: value.endswith(operand)),
    "contains": _contains,
    "pattern": _text(_found),
    "exists": lambda operand, _value: bool(operand),
    "any": _elements,
    "all": _elements,
    "none": _elements,
}
