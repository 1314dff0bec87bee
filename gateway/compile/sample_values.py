"""Values that pass a condition, found by trying likely ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.compile.comparisons import TYPED, Comparison
from gateway.compile.operators import compile_condition
from gateway.compile.paths import MISSING
from gateway.compile.sample_text import sample_text
from gateway.compile.templates.data import unescaped
from gateway.language.lengths import telling
from gateway.language.literals import plain, text_of
from gateway.language.operands import FILLABLE
from gateway.language.spec.match import Condition, Elements, Length, Operators
from gateway.language.values import Path, exact, parse_path

_LONGEST_ARRAY = 100


def document(conditions: dict[str, Condition]) -> Any:
    """The body that has a fitting value at every path."""
    paths = [(parse_path(path), sample_value(rule, TYPED)) for path, rule in conditions.items()]
    document: Any = [] if paths and isinstance(paths[0][0][0], int) else {}
    for path, value in paths:
        if value is not MISSING:
            put(document, path, value)
    return document


def put(container: Any, path: Path, value: Any) -> None:
    """Put a value into nested containers, which are made. What cannot stand there beside the rest
    is left out: `exact` will tell.
    """
    for step, after in zip(path, (*path[1:], None), strict=True):
        last = after is None
        new = value if last else [] if isinstance(after, int) else {}
        if isinstance(container, dict):
            container = container.setdefault(str(step), new)
        elif isinstance(container, list) and isinstance(step, int) and step < _LONGEST_ARRAY:
            container.extend([None] * (step + 1 - len(container)))
            if last or container[step] is None:
                container[step] = new
            container = container[step]
        else:
            return


def sample_value(condition: Condition, comparison: Comparison) -> Any:
    """The first candidate that passes the condition's own tests, or MISSING."""
    tests = [test for _, test in compile_condition(condition, comparison)]
    for candidate in _candidates(_unescaped(condition), comparison):
        value = plain(candidate) if comparison is TYPED else _as_text(candidate)
        if all(test(value) for test in tests) and (comparison is TYPED or value is not None):
            return value
    return MISSING


def _unescaped(condition: Condition) -> Condition:
    """The condition with the texts that are compared: `$${` means `${`."""
    if not isinstance(condition, Operators):
        return unescaped(condition)  # type: ignore[no-any-return]
    operands = ((field, getattr(condition, field)) for field in condition.__struct_fields__)
    return Operators(**{f: unescaped(o) if f.rstrip("_") in FILLABLE else o for f, o in operands})


def _as_text(value: Any) -> Any:
    if not isinstance(value, list):
        return MISSING if value is MISSING else text_of(value)
    texts = [text for one in value if (text := text_of(one)) is not None]
    return texts * 2 if len(texts) == 1 else texts


def _candidates(condition: Condition, comparison: Comparison) -> Iterator[Any]:
    if not isinstance(condition, Operators):
        yield condition
        return
    if condition.eq is not UNSET:
        yield condition.eq
    yield from _given(condition.in_, list)
    yield from _given(condition.pattern, lambda pattern: [sample_text(pattern)])
    yield from _texts_around(condition)
    yield from _numbers_between(condition)
    yield from _arrays(condition, comparison)
    yield from _given(condition.length, _of_lengths)
    yield from (MISSING, "example", 1, True, None, [], {})


def _given(operand: Any, candidates: Callable[[Any], list[Any]]) -> list[Any]:
    return [] if isinstance(operand, UnsetType) else candidates(operand)


def _of_lengths(length: int | Length) -> list[Any]:
    counts = [count for count in telling([length]) if count <= _LONGEST_ARRAY]
    return [value for count in counts for value in ("x" * count, ["x"] * count)]


def _texts_around(condition: Operators) -> Iterator[str]:
    prefix, suffix = (_given(one, list) for one in (condition.prefix, condition.suffix))
    begins, ends = "".join(prefix), "".join(suffix)
    contains = condition.contains if isinstance(condition.contains, str) else ""
    found = "".join(_given(condition.pattern, lambda pattern: [sample_text(pattern)]))
    for middle in (contains, found, contains + found):
        if text := begins + middle + ends:
            yield text
    if begins and begins.endswith(ends):
        yield begins


def _numbers_between(condition: Operators) -> Iterator[Any]:
    bounds = [
        bound
        for bound in (condition.gte, condition.gt, condition.lte, condition.lt)
        if not isinstance(bound, UnsetType)
    ]
    yield from bounds
    numbers = [exact(bound) for bound in bounds if not isinstance(bound, str)]
    yield from (number + step for number in numbers for step in (1, -1))
    if numbers:
        yield (min(numbers) + max(numbers)) / Decimal(2)
    yield from (bound + "a" for bound in bounds if isinstance(bound, str))


def _arrays(condition: Operators, comparison: Comparison) -> Iterator[list[Any]]:
    wanted = [
        _element(elements, comparison)
        for elements in (condition.any, condition.all)
        if not isinstance(elements, UnsetType)
    ]
    if condition.contains is not UNSET:
        wanted.append(condition.contains)
    present = [element for element in wanted if element is not MISSING]
    if not present:
        return
    yield present
    yield from ([element] for element in present)
    if all(isinstance(element, dict) for element in present):
        yield [{name: value for element in present for name, value in element.items()}]


def _element(elements: Elements, comparison: Comparison) -> Any:
    if isinstance(elements.rule, dict):
        return document(elements.rule)
    return sample_value(elements.rule, comparison)
