"""What two JSON values are to each other, and the way to a value inside another."""

from __future__ import annotations

import re
from collections.abc import Hashable
from decimal import Decimal
from typing import Any

from gateway.language.literals import ConstantLiteral

Path = tuple[str | int, ...]
"""Segments from the outside in. An `int` is an index of an array, or the member of an object
that has its decimal text as its name; a `str` is only ever a member's name."""

NUMBERS = (int, Decimal, float)
"""The types of numbers; `bool`, an `int` to Python, is none."""

# An index has no leading zero and fits any array that fits in memory.
_INDEX = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_BAD_ESCAPE = re.compile(r"~(?![01])")


def json_equal(a: Any, b: Any) -> bool:
    """Whether two JSON values are equal by type: 1 equals 1.0, neither "1" nor true."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, dict):
        return (
            isinstance(b, dict)
            and a.keys() == b.keys()
            and all(json_equal(value, b[key]) for key, value in a.items())
        )
    if isinstance(a, list):
        return (
            isinstance(b, list)
            and len(a) == len(b)
            and all(json_equal(x, y) for x, y in zip(a, b, strict=True))
        )
    return bool(exact(a) == exact(b))


def exact(value: Any) -> Any:
    """A number that is compared as what was written: 0.1 is a tenth. Other values stay."""
    return Decimal(repr(value)) if type(value) is float else value


def canonical(value: Any) -> Hashable:
    """Equal for values that `json_equal` takes for equal, so that many can be compared by a set."""
    if isinstance(value, ConstantLiteral):
        return canonical(value.value)
    if isinstance(value, bool):
        return "true" if value else "false", None
    if isinstance(value, dict):
        return "object", frozenset((key, canonical(one)) for key, one in value.items())
    if isinstance(value, list):
        return "array", tuple(map(canonical, value))
    return "scalar", exact(value)


def ordered(a: Any, b: Any) -> int | None:
    """-1, 0 or 1 for numbers among numbers and text among text (by code point), else None."""
    if not (_both(a, b, str) or (_both(a, b, NUMBERS) and not _either_bool(a, b))):
        return None
    a, b = exact(a), exact(b)
    return int(a > b) - int(a < b)


def kind_of(value: Any) -> str:
    """The JSON type of a value, as RFC 8259 calls it."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case ConstantLiteral():
            return kind_of(value.value)
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
    return "number"


def _both(a: Any, b: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(a, kind) and isinstance(b, kind)


def _either_bool(a: Any, b: Any) -> bool:
    return isinstance(a, bool) or isinstance(b, bool)


def parse_path(text: str) -> Path:
    """The segments of a dotted path, or of a JSON Pointer (RFC 6901) when it begins with `/`.

    Never empty. Raises ValueError with a sentence for an author: an empty dotted segment, a `~`
    of a pointer that is neither `~0` nor `~1`.
    """
    if text.isidentifier():  # what most paths are
        return (text,)
    if text.startswith("/"):
        if _BAD_ESCAPE.search(text):
            raise ValueError("in a JSON Pointer, write '~0' for '~' and '~1' for '/' in a name")
        names = [name.replace("~1", "/").replace("~0", "~") for name in text[1:].split("/")]
    else:
        names = text.split(".")
        if not all(names):
            raise ValueError("a dotted path needs a name on both sides of every '.'")
    return tuple(
        [int(name) if name.isdigit() and _INDEX.fullmatch(name) else name for name in names]
    )


def path_of(text: str) -> Path:
    """The same for a path that may be none, which then leads to a member of that name."""
    try:
        return parse_path(text)
    except ValueError:
        return (text,)
