"""`gt`, `gte`, `lt`, `lte`: whether anything lies between them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from gateway.language.mistake import Mistake
from gateway.language.values import ordered
from gateway.language.yaml12 import Steps

_LOWER, _UPPER = ("gt", "gte"), ("lt", "lte")


def bounds(steps: Steps, written: dict[str, Any]) -> Iterator[Mistake]:
    """Bounds of different kinds, bounds with nothing between them, bounds that another implies."""
    given = {name: written[name] for name in (*_LOWER, *_UPPER) if name in written}
    for one, other in combinations(given, 2):
        order = ordered(given[one], given[other])
        if order is None:
            message = f"one of '{one}' and '{other}' is a number and the other is text"
            hint = "a JSON value cannot be both: write two numbers or two texts"
            yield Mistake("contradiction", (*steps, other), message, hint, on="key")
        elif one in _LOWER and other in _UPPER:
            if order > 0 or (order == 0 and (one, other) != ("gte", "lte")):
                message = f"no value is between '{one}' and '{other}'"
                yield Mistake("contradiction", (*steps, other), message, on="key")
        else:
            weaker = _weaker(one, other, order)
            message = (
                f"'{weaker}' has no effect together with '{one if weaker == other else other}'"
            )
            yield Mistake("unreachable", (*steps, weaker), message, "remove it", on="key")


def _weaker(strict: str, loose: str, order: int) -> str:
    """Which of two lower or two upper bounds the other implies; `order` is strict's to loose's."""
    if strict in _UPPER:
        order = -order
    return loose if order >= 0 else strict
