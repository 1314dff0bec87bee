"""The rules of `match`, read aloud: slow, obvious, and sharing no code with what runs.

Every value becomes a tagged one first, so that Python's own idea of equality (`1 == True`) never
decides anything.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from msgspec import UNSET

from gateway.language.spec.match import Elements, Match, Operators

Tagged = tuple[Any, ...]
NOTHING: Tagged = ("nothing",)


def accepts(
    match: Match, kind: str, body: Any, query: dict[str, Any], headers: list[tuple[bytes, bytes]]
) -> bool:
    """Whether all conditions of `match` hold for a request."""
    typed = kind == "json"
    for path, condition in ({} if match.body is UNSET else match.body).items():
        value = NOTHING if kind == "none" else walk(tag(body), segments(path))
        if not condition_holds(condition, value, typed):
            return False
    for name, condition in ({} if match.query is UNSET else match.query).items():
        value = tag(query[name]) if name in query else NOTHING
        if not condition_holds(condition, value, typed=False):
            return False
    for name, condition in ({} if match.headers is UNSET else match.headers).items():
        lines = [v.decode() for k, v in headers if k.decode().lower() == name.lower()]
        value = ("text", ", ".join(lines)) if lines else NOTHING
        if not condition_holds(condition, value, typed=False):
            return False
    return True


def tag(value: Any) -> Tagged:
    """A JSON value with its JSON type in front."""
    if value is None:
        return ("null",)
    if value is True or value is False:
        return ("boolean", "true" if value else "false")
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, (int, float)):
        return ("number", Fraction(value))
    if isinstance(value, list):
        return ("array", *map(tag, value))
    return ("object", {name: tag(inner) for name, inner in value.items()})


def written(value: Any, typed: bool) -> Tagged:
    """What an author wrote, as the source would hold it: tagged, or as text."""
    if typed:
        return tag(value)
    if isinstance(value, list):
        return ("array", *(written(one, typed) for one in value))
    if isinstance(value, dict):
        return ("no text", value)
    return ("text", value if isinstance(value, str) else json.dumps(value))


def segments(path: str) -> list[str]:
    """A dotted path or a JSON Pointer, in pieces."""
    if not path.startswith("/"):
        return path.split(".")
    pieces = path.split("/")[1:]
    return [piece.replace("~1", "/").replace("~0", "~") for piece in pieces]


def walk(value: Tagged, pieces: list[str]) -> Tagged:
    """One step at a time; a number is an index of an array, a name of an object."""
    if not pieces:
        return value
    first, rest = pieces[0], pieces[1:]
    if value[0] == "object" and first in value[1]:
        return walk(value[1][first], rest)
    if value[0] == "array" and re.fullmatch("0|[1-9][0-9]*", first):
        elements = value[1:]
        if int(first) < len(elements):
            return walk(elements[int(first)], rest)
    return NOTHING


def condition_holds(condition: Any, value: Tagged, typed: bool) -> bool:
    if not isinstance(condition, Operators):
        return value == written(condition, typed)
    for field in Operators.__struct_fields__:
        operand = getattr(condition, field)
        if operand is not UNSET and not operator_holds(field.strip("_"), operand, value, typed):
            return False
    return True


def operator_holds(name: str, operand: Any, value: Tagged, typed: bool) -> bool:
    if name in ("eq", "ne", "in", "not_in"):
        return equality_holds(name, operand, value, typed)
    if name in ("gt", "gte", "lt", "lte"):
        return order_holds(name, operand, value, typed)
    if name in ("any", "all", "none"):
        return array_holds(name, operand, value, typed)
    if name == "exists":
        return (value[0] != "nothing") is operand
    if name == "contains" and value[0] == "array":
        return written(operand, typed) in value[1:]
    part = written(operand, typed)
    return value[0] == part[0] == "text" and text_holds(name, part[1], value[1])


def equality_holds(name: str, operand: Any, value: Tagged, typed: bool) -> bool:
    intended = operand if name in ("in", "not_in") else [operand]
    equal = [one for one in intended if value == written(one, typed)]
    return not equal if name in ("ne", "not_in") else bool(equal)


def text_holds(name: str, part: str, text: str) -> bool:
    match name:
        case "prefix":
            return text[: len(part)] == part
        case "suffix":
            return text[::-1][: len(part)] == part[::-1]
        case "contains":
            return text.find(part) >= 0
        case "pattern":
            return re.search(part, text, re.ASCII) is not None
    raise NotImplementedError(name)


def array_holds(name: str, operand: Elements, value: Tagged, typed: bool) -> bool:
    if value[0] != "array":
        return name == "none" and value[0] == "nothing"
    hits = [one for one in value[1:] if element_holds(operand, one, typed)]
    return {"any": len(hits) > 0, "all": len(hits) == len(value) - 1, "none": not hits}[name]


def order_holds(name: str, bound: Any, value: Tagged, typed: bool) -> bool:
    left: Any
    right: Any
    if isinstance(bound, str):
        left = list(map(ord, value[1])) if value[0] == "text" else None
        right = list(map(ord, bound))
    else:
        left = value[1] if value[0] == "number" else None if typed else text_number(value)
        right = Fraction(bound)
    if left is None:
        return False
    below, equal = bool(left < right), bool(left == right)
    return {"lt": below, "lte": below or equal, "gt": not below and not equal, "gte": not below}[
        name
    ]


def text_number(value: Tagged) -> Fraction | None:
    """The number that a text is in JSON's grammar, as far as JSON would take it."""
    grammar = r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?"
    if value[0] != "text" or not re.fullmatch(grammar, value[1], re.ASCII):
        return None
    if re.fullmatch(r"-?\d+", value[1], re.ASCII):
        return Fraction(int(value[1]))
    number = float(value[1])
    return None if number in (float("inf"), float("-inf")) else Fraction(number)


def element_holds(elements: Elements, value: Tagged, typed: bool) -> bool:
    if not isinstance(elements.rule, dict):
        return condition_holds(elements.rule, value, typed)
    return all(
        condition_holds(condition, walk(value, segments(path)), typed)
        for path, condition in elements.rule.items()
    )
