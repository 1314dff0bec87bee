"""Operands of rules with templates, which are filled in for each request before they compare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from gateway.language.rules import operators_of
from gateway.language.spec.match import Condition, Elements, Operators
from gateway.language.template import Template, is_template
from gateway.language.template.values import parsed

if TYPE_CHECKING:  # a worker reads no YAML
    from gateway.language.yaml12 import Steps

FILLABLE = frozenset(
    ("eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "prefix", "suffix", "contains")
)
"""Operators whose operand can have templates. A pattern has none: no caller may choose one."""

FILLED = "filled "
"""Stands before an operator whose operand is known only with a request."""

COUNTERPARTS = {
    "eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in",
    "gt": "lte", "lte": "gt", "gte": "lt", "lt": "gte",
}  # fmt: skip
"""Operator → the one that holds where it is judged and does not hold."""

Demand = tuple[str, Any]
"""An operator by its written name, and its operand. Plain equality is `eq`."""


def demands_of(condition: Condition) -> tuple[Demand, ...]:
    """The demands of a condition, all of which must hold. The texts of an operand behind `filled `
    are parsed, but for those in Elements; `$${` of others is the two characters that it means.
    """
    if not isinstance(condition, Operators):
        return (_operation("eq", condition),)
    return tuple(_operation(*one) for one in operators_of(condition).items())


def is_filled(condition: Condition) -> bool:
    """Whether a condition depends on more of a request than the value that it is on."""
    return any(name.startswith(FILLED) for name, _ in demands_of(condition))


def texts_of(steps: Steps, condition: Condition) -> Iterator[tuple[Steps, str]]:
    """The texts of a condition that are filled in or refused, with the ways to them."""
    if not isinstance(condition, Operators):
        yield from _templates(steps, condition)
        return
    for name, operand in operators_of(condition).items():
        if isinstance(operand, Elements):
            for path, inner in _inside(operand):
                yield from texts_of((*steps, name, *path), inner)
        elif name in FILLABLE:
            yield from _templates((*steps, name), operand)


def templates_of(demand: Demand) -> Iterator[Template]:
    """The texts of an operand that are filled in."""
    name, operand = demand
    waiting = [operand] if FILLED in name else []
    while waiting:
        value = waiting.pop()
        match value:
            case Template():
                yield value
            case Elements():
                conditions = [one for _, one in _inside(value)]
                waiting += [part for one in conditions for _, part in demands_of(one)]
            case dict():
                waiting += value.values()
            case list():
                waiting += value


def _operation(name: str, operand: Any) -> Demand:
    if isinstance(operand, Elements):
        filled = any(is_filled(one) for _, one in _inside(operand))
        return (FILLED + name if filled else name), operand
    if name not in FILLABLE or not _has_mark(operand):
        return name, operand
    value = parsed(operand)
    return (FILLED + name if _has_template(value) else name), value


def _inside(elements: Elements) -> Iterator[tuple[Steps, Condition]]:
    """The conditions on an element, with the ways to them."""
    if isinstance(elements.rule, dict):
        yield from (((path,), one) for path, one in elements.rule.items())
    else:
        yield (), elements.rule


def _has_mark(value: Any) -> bool:
    if isinstance(value, str):
        return is_template(value)
    if isinstance(value, dict):
        return any(map(_has_mark, value.values()))
    return isinstance(value, list) and any(map(_has_mark, value))


def _has_template(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_template, value.values()))
    if isinstance(value, list):
        return any(map(_has_template, value))
    return isinstance(value, Template)


def every_text(steps: Steps, value: Any) -> Iterator[tuple[Steps, str]]:
    """The texts in a value and inside it, with the ways to them."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from every_text((*steps, key), one)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from every_text((*steps, index), one)


def _templates(steps: Steps, value: Any) -> Iterator[tuple[Steps, str]]:
    return (one for one in every_text(steps, value) if is_template(one[1]))
