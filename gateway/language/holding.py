"""Whether an operator holds for a value that an author wrote, as far as that is certain."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache, partial
from typing import Any

from gateway.language.lengths import counts
from gateway.language.literals import text_of
from gateway.language.operands import FILLED
from gateway.language.patterns import compile_pattern
from gateway.language.values import canonical, kind_of, ordered

NOT = "not "
"""Stands before an operator that must not hold and has no counterpart, such as `not prefix`."""

Verdict = bool | None
"""None is: it depends on the request, for a form carries text where JSON has types."""


def holds(name: str, operand: Any, value: Any) -> Verdict:
    """Whether a parameter that is `value` satisfies an operator."""
    return judge(name, operand)(value)


def judge(name: str, operand: Any) -> Callable[[Any], Verdict]:
    """The same for many values: what an operand needs is made once. An operator behind `not ` is
    one that must be judged and not hold; of one behind `filled ` nothing is known.
    """
    if name.startswith(FILLED):
        return lambda _value: None
    if name.startswith(NOT):
        return partial(_refuted, name.removeprefix(NOT), judge(name.removeprefix(NOT), operand))
    if name in _AMONG:
        return _AMONG[name](operand)
    return partial(_JUDGES[name], operand)


class Among:
    """Whether a parameter that is some value equals one of these, by sets and not one by one."""

    def __init__(self, values: Sequence[Any]) -> None:
        both = list(map(both_ways, values))
        self._both = frozenset(both)
        self._typed = frozenset(typed for typed, _ in both)
        self._text = frozenset(text for _, text in both)

    def __call__(self, value: Any) -> Verdict:
        """Certain where JSON and a form agree."""
        typed, text = both_ways(value)
        if (typed, text) in self._both:
            return True
        return None if typed in self._typed or text in self._text else False


class _NotAmong(Among):
    """A value of a kind that none of them has is refused, for it cannot be judged."""

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__(values)
        kinds = set(map(kind_of, values))
        self._any_kind = kinds == {"null"}
        self._kinds = kinds | {"null"}
        self._shapes = {isinstance(one, list) for one in values if not isinstance(one, dict)}

    def __call__(self, value: Any) -> Verdict:
        kind = kind_of(value)
        judged = self._any_kind or kind in self._kinds
        typed = judged and canonical(value) not in self._typed
        if kind == "object":
            return typed
        text = (kind == "array") in self._shapes and _as_text(value) not in self._text
        return typed if typed == text else None


def both_ways(value: Any) -> tuple[Hashable, Hashable]:
    """A value as JSON and as a form carry it; equal for values that neither tells apart."""
    return canonical(value), _as_text(value)


def _as_text(value: Any) -> Hashable:
    """Equal for values that a form could not tell apart; a mapping never comes in a form."""
    if isinstance(value, dict):
        return canonical(value)
    return tuple(map(_as_text, value)) if isinstance(value, list) else text_of(value)


def _compares(*wanted: int) -> Callable[[Any, Any], Verdict]:
    def compared(operand: Any, value: Any) -> Verdict:
        order = ordered(value, operand)
        return None if order is None else order in wanted

    return compared


def _text(test: Callable[[Any, str], Verdict]) -> Callable[[Any, Any], Verdict]:
    """A judge of texts; a number or a boolean may come as text, a list may not."""

    def tested(operand: Any, value: Any) -> Verdict:
        if isinstance(value, str):
            return test(operand, value)
        return False if isinstance(value, (list, dict)) else None

    return tested


def _found(pattern: str, value: str) -> Verdict:
    try:
        return _compiled(pattern)(value)
    except ValueError:
        return None


def _contains(operand: Any, value: Any) -> Verdict:
    if isinstance(value, str) and isinstance(operand, str):
        return operand in value
    if isinstance(value, list):
        return Among(value)(operand)
    return None


def _elements(_operand: Any, value: Any) -> Verdict:
    return None if isinstance(value, list) else False


def _refuted(name: str, holding: Callable[[Any], Verdict], value: Any) -> Verdict:
    verdict = holding(value)
    if verdict is not False:
        return None if verdict is None else False
    if name in ("any", "all"):
        return False  # it is no array, and cannot be judged
    if name == "contains" and isinstance(value, list):
        return None  # of elements of another kind it cannot be told
    return name == "length" or isinstance(value, str)


def _length(operand: Any, value: Any) -> Verdict:
    """Numbers, booleans and null have a length where a form carries them as text."""
    if not isinstance(value, (str, list, dict)):
        return None
    if isinstance(value, list) and len(value) < 2:
        return None  # a form carries it as text, if at all
    return counts(operand, len(value))


_compiled = lru_cache(16)(compile_pattern)
_AMONG: dict[str, Callable[[Any], Among]] = {
    "eq": lambda operand: Among((operand,)),
    "ne": lambda operand: _NotAmong((operand,)),
    "in": Among,
    "not_in": _NotAmong,
}
_JUDGES: dict[str, Callable[[Any, Any], Verdict]] = {
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
    "length": _length,
}
