"""Operands that are filled in, read aloud: what each template of the properties stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from gateway.compile.paths import MISSING
from gateway.language.spec.match import Elements, Operators
from tests.compile.reference import UNJUDGED, parts

BOUNDS = ("gt", "gte", "lt", "lte")


class Nothing(Exception):  # noqa: N818 - no error: a template has no value
    """An input is missing, or is of a kind that does not fit."""


def of_body(request: Any, name: str) -> Any:
    there = request.kind in ("json", "form", "multipart") and isinstance(request.body, dict)
    return found(request.body if there else {}, name)


def found(parameters: Any, name: str) -> Any:
    value = parameters.get(name, MISSING)
    if value is MISSING:
        raise Nothing
    return value


def header(request: Any, name: str) -> str:
    lines = [value.decode() for key, value in request.headers if key.decode().lower() == name]
    if not lines:
        raise Nothing
    return ", ".join(lines)


def text(value: Any) -> str:
    if value is None or isinstance(value, (list, dict)):
        raise Nothing
    return str(value) if isinstance(value, (str, Decimal)) else json.dumps(value)


def number(value: Any) -> Any:
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    grammar = r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?"
    if not isinstance(value, str) or not re.fullmatch(grammar, value, re.ASCII):
        raise Nothing
    return int(value) if re.fullmatch(r"-?\d+", value) else Decimal(value)


def unless_missing(value: Callable[[], Any], default: Any) -> Any:
    try:
        one = value()
    except Nothing:
        return default
    return default if one is None else one


TEMPLATES: dict[str, Callable[[Any], Any]] = {
    "${body.a}": lambda request: of_body(request, "a"),
    "${body.b}": lambda request: of_body(request, "b"),
    "${query.a}": lambda request: found(request.query, "a"),
    "${query.'a.b'?}": lambda request: found(request.query, "a.b"),
    "${headers.X-A}": lambda request: header(request, "x-a"),
    "${path.city}": lambda request: found(request.path, "city"),
    "a${body.b}": lambda request: "a" + text(of_body(request, "b")),
    "${query.b | number}": lambda request: number(found(request.query, "b")),
    "${body.c | number}": lambda request: number(of_body(request, "c")),
    "${body.c ?? 'a'}": lambda request: unless_missing(lambda: of_body(request, "c"), "a"),
}
"""Template → its value for a request. It raises Nothing."""


def filled(condition: Any, request: Any, typed: bool) -> Any:
    """The condition with values for its templates, UNJUDGED where there is none that fits."""
    if not isinstance(condition, Operators):
        return operand("eq", condition, request, typed)
    return Operators(
        **{
            f"{name}_" if name == "in" else name: operand(name, one, request, typed)
            for name, one in parts(condition)
        }
    )


def operand(name: str, value: Any, request: Any, typed: bool) -> Any:
    if isinstance(value, Elements):
        if not isinstance(value.rule, dict):
            return Elements(filled(value.rule, request, typed))
        return Elements({k: filled(one, request, typed) for k, one in value.rule.items()})
    listed = value if isinstance(value, list) else [value]
    if not any(isinstance(one, str) and one in TEMPLATES for one in listed):
        return value
    try:
        values = [one for each in listed for one in of_template(each, request)]
        if not values or not all(fits(name, one, typed) for one in values):
            return UNJUDGED
    except Nothing:
        return UNJUDGED
    return values if isinstance(value, list) else as_text(name, values[0], typed)


def of_template(written: Any, request: Any) -> list[Any]:
    """One value; of a list what is optional is left out."""
    if not isinstance(written, str) or written not in TEMPLATES:
        return [written]
    try:
        return [TEMPLATES[written](request)]
    except Nothing:
        if written.endswith("?}"):
            return []
        raise


def as_text(name: str, value: Any, typed: bool) -> Any:
    return text(value) if name in ("prefix", "suffix") and not typed else value


def fits(name: str, value: Any, typed: bool) -> bool:
    if name in BOUNDS:
        return isinstance(value, (str, int, float, Decimal)) and not isinstance(value, bool)
    if name in ("prefix", "suffix"):
        return isinstance(value, str) and value != "" if typed else has_text(value) and value != ""
    if name == "contains" and value == "":
        return False
    if typed:
        return True
    return all(map(has_text, value)) if isinstance(value, list) else has_text(value)


def has_text(value: Any) -> bool:
    return value is not None and not isinstance(value, (list, dict))
