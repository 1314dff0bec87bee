"""The operators of `match`, read aloud: slow, obvious, and sharing no code with what runs.

Every value becomes a tagged one first, so that Python's own idea of equality (`1 == True`) never
decides anything. A condition is True, False, or None where it cannot be judged.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import UNSET

from gateway.language.literals import ConstantLiteral, DecimalLiteral, IntegerLiteral
from gateway.language.spec.match import Elements, Length, Operators

Tagged = tuple[Any, ...]
Verdict = bool | None
NOTHING: Tagged = ("nothing",)
ELSEWHERE: Tagged = ("elsewhere",)
"""Behind a value that has no inside."""
UNJUDGED = object()
"""An operand that a request does not give."""


def parts(condition: Any) -> list[tuple[str, Any]]:
    """The operators of a condition."""
    if not isinstance(condition, Operators):
        return [("eq", condition)]
    return [
        (field.strip("_"), operand)
        for field in Operators.__struct_fields__
        if (operand := getattr(condition, field)) is not UNSET
    ]


def tag(value: Any) -> Tagged:
    """A JSON value with its JSON type in front."""
    if isinstance(value, ConstantLiteral):
        return tag(value.value)
    if value is None:
        return ("null",)
    if value is True or value is False:
        return ("boolean", "true" if value else "false")
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, (int, float, Decimal)):
        return ("number", Fraction(str(value)))
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
    if isinstance(value, (IntegerLiteral, DecimalLiteral, ConstantLiteral)):
        return ("text", value.text)
    plain = isinstance(value, (str, Decimal))
    return ("text", str(value) if plain else json.dumps(value))


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
    if value[0] == "object":
        return walk(value[1].get(first, NOTHING), rest)
    if value[0] == "array" and re.fullmatch("0|[1-9][0-9]*", first):
        elements = value[1:]
        return walk(elements[int(first)], rest) if int(first) < len(elements) else NOTHING
    return NOTHING if value[0] in ("nothing", "null") else ELSEWHERE


def condition_holds(condition: Any, value: Tagged, typed: bool) -> Verdict:
    if not isinstance(condition, Operators):
        return operator_holds("eq", condition, value, typed)
    return both([operator_holds(*part, value, typed) for part in parts(condition)])


def both(verdicts: list[Verdict]) -> Verdict:
    if False in verdicts:
        return False
    return None if None in verdicts else True


def opposite(verdict: Verdict) -> Verdict:
    return {True: False, False: True, None: None}[verdict]


def either(verdicts: list[Verdict]) -> Verdict:
    return opposite(both([opposite(one) for one in verdicts]))


def operator_holds(name: str, operand: Any, value: Tagged, typed: bool) -> Verdict:
    if operand is UNJUDGED:
        return None
    if name in ("ne", "not_in", "none"):
        counterpart = {"ne": "eq", "not_in": "in", "none": "any"}[name]
        return opposite(operator_holds(counterpart, operand, value, typed))
    if name == "exists":
        return None if value == ELSEWHERE else (value != NOTHING) is operand
    if name in ("any", "all"):
        return array_holds(name, operand, value, typed)
    if name in ("eq", "in"):
        return equality_holds(operand if name == "in" else [operand], value, typed)
    if value in (NOTHING, ("null",)):
        return False
    if name == "length":
        return length_holds(operand, value)
    if name in ("gt", "gte", "lt", "lte"):
        return order_holds(name, operand, value, typed)
    if name == "contains" and value[0] == "array":
        return either([equality_holds([operand], one, typed) for one in value[1:]])
    part = written(operand, typed)
    return text_holds(name, part[1], value[1]) if value[0] == part[0] == "text" else None


def equality_holds(operands: list[Any], value: Tagged, typed: bool) -> Verdict:
    intended = [written(one, typed) for one in operands]
    kinds = {one[0] for one in intended} - {"null"}
    if value in intended:
        return True
    if value == ELSEWHERE or (kinds and value[0] not in ("nothing", "null", *kinds)):
        return None
    return False


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


def array_holds(name: str, operand: Elements, value: Tagged, typed: bool) -> Verdict:
    if value[0] != "array":
        return False if value == NOTHING else None
    found = [element_holds(operand, one, typed) for one in value[1:]]
    return either(found) if name == "any" else both(found)


def length_holds(operand: int | Length, value: Tagged) -> Verdict:
    if value[0] not in ("text", "array", "object"):
        return None
    count = len(value[1:] if value[0] == "array" else value[1])
    if isinstance(operand, int):
        return count == operand
    asked = {name: getattr(operand, name) for name in Length.__struct_fields__}
    given = [(name, one) for name, one in asked.items() if one is not UNSET]
    return all(order_of(name.strip("_"), count, one) for name, one in given)


def order_of(name: str, count: int, bound: Any) -> bool:
    match name:
        case "eq" | "in":
            return bool(count in (bound if name == "in" else [bound]))
        case "ne":
            return bool(count != bound)
    below, equal = bool(count < bound), bool(count == bound)
    return {"lt": below, "lte": below or equal, "gt": not below and not equal, "gte": not below}[
        name
    ]


def order_holds(name: str, bound: Any, value: Tagged, typed: bool) -> Verdict:
    left: Any
    right: Any
    if isinstance(bound, str):
        left = list(map(ord, value[1])) if value[0] == "text" else None
        right = list(map(ord, bound))
    else:
        left = value[1] if value[0] == "number" else None if typed else text_number(value)
        right = Fraction(str(bound))
    if left is None:
        return None
    below, equal = bool(left < right), bool(left == right)
    return {"lt": below, "lte": below or equal, "gt": not below and not equal, "gte": not below}[
        name
    ]


def text_number(value: Tagged) -> Fraction | None:
    """The number that a text is in JSON's grammar, as far as JSON would take it."""
    grammar = r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?"
    if value[0] != "text" or not re.fullmatch(grammar, value[1], re.ASCII):
        return None
    if not re.fullmatch(r"-?\d+", value[1], re.ASCII) and abs(float(value[1])) == float("inf"):
        return None
    return Fraction(value[1])


def element_holds(elements: Elements, value: Tagged, typed: bool) -> Verdict:
    if not isinstance(elements.rule, dict):
        return condition_holds(elements.rule, value, typed)
    return both(
        [
            condition_holds(condition, walk(value, segments(path)), typed)
            for path, condition in elements.rule.items()
        ]
    )
