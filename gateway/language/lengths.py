"""How many elements, members or characters `length` asks for."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import UNSET

from gateway.language.spec.match import Length

Bound = tuple[str, Any]
"""An operator by its written name, and its number; for `in` a list of numbers."""

RELATIONS: dict[str, Callable[[int, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "in": lambda count, numbers: count in numbers,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def bounds_of(length: int | Length) -> Iterator[Bound]:
    """What is asked of the number; a bare one is `eq`."""
    if isinstance(length, int):
        yield "eq", length
        return
    for field, name in zip(length.__struct_fields__, length.__struct_encode_fields__, strict=True):
        if (number := getattr(length, field)) is not UNSET:
            yield name, number


def counts(length: int | Length, count: int) -> bool:
    """Whether a number is the one that is asked for."""
    return all(RELATIONS[name](count, number) for name, number in bounds_of(length))


def telling(lengths: Iterable[int | Length]) -> list[int]:
    """Numbers of which each of these holds for one if it holds for any, also where they are
    asked together: between two neighbours of a bound nothing changes.
    """
    found = {0}
    for length in lengths:
        for _, number in bounds_of(length):
            for one in number if isinstance(number, list) else [number]:
                found |= {one - 1, one, one + 1}
    return sorted(one for one in found if one >= 0)
