"""Scalars without quotes whose spelling counts, since what a request carries there is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from gateway.language.lint.parts import Located, conditions
from gateway.language.lint.paths import path_fault
from gateway.language.literals import ConstantLiteral, text_of
from gateway.language.mistake import Mistake
from gateway.language.private import is_private
from gateway.language.rules import operators_of
from gateway.language.spec import Condition, Hook, Operators
from gateway.language.values import kind_of, parse_path
from gateway.language.yaml12 import Steps

_CANONICAL = re.compile(r"(?!-0$)-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
"""A number that has one spelling: no exponent, no sign or zeros that could be left out."""

_LONG = 20
"""The decimal exponent from which on a number is not spelled out."""

_COMPARED = ("eq", "ne", "in", "not_in", "contains")
"""The operators that compare with the text; bounds compare with the number that a text is."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Each value that is the same in JSON however it is spelled, and is compared with text."""
    for one in conditions(hook):
        if one.source == "claims" or not _can_be_text(one):
            continue
        for place, value in _compared(one.steps, one.condition):
            if not _has_one_spelling(value):
                yield _mistake(place, one.name, value, in_body=one.source == "body")


def _can_be_text(one: Located) -> bool:
    """A form has no parameters inside others, and no elements that have parameters."""
    if one.source != "body" or path_fault(one.name) is not None:
        return one.source != "body"
    return len(parse_path(one.name)) == 1 and all(
        step in ("any", "all", "none") for step in one.inner
    )


def _compared(steps: Steps, condition: Condition) -> Iterator[tuple[Steps, Any]]:
    if not isinstance(condition, Operators):
        yield from _scalars(steps, condition)
        return
    for name, operand in operators_of(condition).items():
        if name in _COMPARED:
            yield from _scalars((*steps, name), operand)


def _scalars(steps: Steps, value: Any) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from _scalars((*steps, index), one)
    elif not isinstance(value, dict):
        yield steps, value


def _has_one_spelling(value: Any) -> bool:
    if isinstance(value, ConstantLiteral):
        return False
    return kind_of(value) != "number" or _CANONICAL.fullmatch(text_of(value) or "") is not None


def _mistake(place: Steps, name: str, value: Any, *, in_body: bool) -> Mistake:
    text, private = str(text_of(value)), is_private(text_of(value), name)
    shown = "this text" if private else f"the text '{text}'"
    if not in_body:
        message = f"'{name}' is compared with {shown}, as it is spelled here"
        return Mistake("unquoted-scalar", place, message, "write it in quotes")
    kind, other = kind_of(value), "" if private else _usual(value)
    message = f"in a form '{name}' is compared with {shown}, as it is spelled here; in JSON "
    message += "with null" if kind == "null" else f"with a {kind}"
    hint = "write it in quotes for text" + (f", or {other} for JSON's {kind}" if other else "")
    return Mistake("unquoted-scalar", place, message, hint)


def _usual(value: Any) -> str:
    """The one spelling of a value; nothing for a number that would be long."""
    if isinstance(value, ConstantLiteral):
        return str(text_of(value.value))
    if abs(Decimal(value).adjusted()) > _LONG:
        return ""
    digits = format(Decimal(value), "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits
