"""A document to its spec, or to every mistake that the schema finds in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from typing import Any

import msgspec

from gateway.language.findings import MOST, Findings
from gateway.language.literals import plain
from gateway.language.mistake import Mistake, report
from gateway.language.rescue import name_of
from gateway.language.spec import OPERATORS, Condition, Elements, Hook, Operators
from gateway.language.spec.match import Ordered
from gateway.language.spec.scalars import ParameterPath
from gateway.language.spec.workflow import Parameter
from gateway.language.values import NUMBERS
from gateway.language.yaml12 import Document, Steps

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]+)\]")


_FRACTION = re.compile(r"Expected `int`, got `(float|decimal|DecimalLiteral)`")
"""JSON Schema takes 5.0 for a whole number."""

_AS_TEXT = (("match",), ("workflow", "query"))
"""What is compared with text, or sent as text: there booleans and null keep theirs."""


def decode(document: Document, findings: Findings) -> Hook | None:
    """The spec of a sound document; None when there are findings instead.

    msgspec is the quicker judge, and what it accepts the schema accepts (a test holds both to
    it). What it refuses is explained by the schema, which finds every mistake.
    """
    refusal = "it is not a hook"
    if document.sound:
        try:
            return convert(document.with_literals(_AS_TEXT))
        except msgspec.ValidationError as error:
            refusal = str(error)
    if findings.full:
        findings.leave_out()
        return None
    # With them comes jsonschema, a fifth of a second, which sound hooks do without.
    from gateway.language.explain import mistakes

    found = list(islice(mistakes(document.value), MOST + 1))
    if not document.complete:
        found = [mistake for mistake in found if mistake.code != "missing-key"]
    if document.sound and not found:
        found = [_refused(refusal)]
    report(found, document, findings, name_of(document))
    return None


def convert(value: Any) -> Hook:
    """The spec of plain values. Raises msgspec.ValidationError, with a path, at one mistake."""
    return msgspec.convert(value, Hook, dec_hook=_extend)


def _extend(kind: type, value: Any) -> Any:
    return _CONVERTERS[kind](value)


def _ordered(value: Any) -> Any:
    if isinstance(value, (str, *NUMBERS)) and not isinstance(value, bool):
        return value
    raise ValueError("a bound is a number or text")


def _parameter(value: Any) -> Any:
    if isinstance(plain(value), (str, bool, *NUMBERS)):
        return value
    raise ValueError("a parameter is text, a number or a boolean")


def _condition(value: Any) -> Any:
    if isinstance(value, dict):
        return _operators(value)
    if plain(value) is None or isinstance(plain(value), (str, bool, list, *NUMBERS)):
        return value
    raise ValueError("a condition is a value or operators")


def _operators(value: dict[str, Any]) -> Operators:
    if "exists" in value:
        value = {**value, "exists": plain(value["exists"])}
    if "length" in value:
        value = {**value, "length": _whole(value["length"])}
    return msgspec.convert(value, Operators, dec_hook=_extend)


def _whole(length: Any) -> Any:
    """The numbers of `length`, of which JSON Schema takes 2.0 for a whole one."""
    match length:
        case Decimal() if length == length.to_integral_value():
            return int(length)
        case list():
            return [_whole(one) for one in length]
        case dict():
            return {name: _whole(one) for name, one in length.items()}
    return length


def _elements(value: Any) -> Elements:
    if not isinstance(value, dict):
        return Elements(_condition(value))
    operators = [key for key in value if key in OPERATORS]
    if operators and len(operators) == len(value):
        return Elements(_operators(value))
    if operators or not value:
        raise ValueError("an element has either operators or paths")
    return Elements(msgspec.convert(value, dict[ParameterPath, Condition], dec_hook=_extend))


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    Condition: _condition,
    Elements: _elements,
    Ordered: _ordered,
    Parameter: _parameter,
}


def _refused(message: str) -> Mistake:
    """What only msgspec objects to; its path leads as far as it names keys."""
    from gateway.language.explain import called

    what, _, path = message.partition(" - at `$")
    steps = _steps(path)
    if _FRACTION.fullmatch(what):
        hint = "write it without '.' and exponent"
        return Mistake("invalid-value", steps, f"{called(steps)} must be a whole number", hint)
    message = f"{called(steps)} cannot be read: {what[:1].lower()}{what[1:]}"
    return Mistake("invalid-value", steps, message)


def _steps(path: str) -> Steps:
    steps: list[str | int] = []
    end = 0
    while found := _STEP.match(path, end):
        steps.append(found[1] or int(found[2]))
        end = found.end()
    return tuple(steps)
