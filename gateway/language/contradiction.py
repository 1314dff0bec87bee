"""Whether no value at all can meet several demands, as far as that is certain."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations, product
from typing import Any

from gateway.language.holding import NOT
from gateway.language.implication import implies, meaning, named_values
from gateway.language.kinds import kinds_for
from gateway.language.lengths import counts, telling
from gateway.language.operands import COUNTERPARTS, FILLED, Demand
from gateway.language.values import ordered

_LOWER, _UPPER = ("gt", "gte"), ("lt", "lte")


def contradictory(demands: Sequence[Demand]) -> bool:
    """Whether the demands on one parameter exclude each other, in JSON and as text."""
    if len(demands) < 2:
        return False
    return (
        not reduce(frozenset.intersection, (kinds_for(*demand) for demand in demands))
        or named_values(demands) == []
        or any(map(_nothing_between, product(_among(demands, _LOWER), _among(demands, _UPPER))))
        or not _some_length([operand for name, operand in demands if name == "length"])
        or any(_denied(demand, demands) for demand in demands)
        or any(_filled_apart(one, other) for one, other in combinations(demands, 2))
    )


def _among(demands: Sequence[Demand], names: Sequence[str]) -> list[Demand]:
    return [demand for demand in demands if demand[0] in names]


def _nothing_between(bounds: tuple[Demand, Demand]) -> bool:
    (low, bottom), (high, top) = bounds
    order = ordered(bottom, top)
    return order == 1 or (order == 0 and (low, high) != ("gte", "lte"))


def _some_length(lengths: list[Any]) -> bool:
    return any(all(counts(one, count) for one in lengths) for count in telling(lengths))


def _denied(demand: Demand, demands: Sequence[Demand]) -> bool:
    """Whether a demand that something must not hold stands beside what makes it hold."""
    name, operand = demand
    if not name.startswith(NOT):
        return False
    others = [one for one in demands if one is not demand]
    return implies(others, [(name.removeprefix(NOT), operand)])


def _filled_apart(one: Demand, other: Demand) -> bool:
    """Whether one operand, whatever it is filled in with, stands behind an operator and behind the
    one that denies it.
    """
    name, operand = one
    if not name.startswith(FILLED):
        return False
    denied = FILLED + _APART.get(name.removeprefix(FILLED), "")
    return meaning([(denied, operand)]) == meaning([other])


_APART = {**COUNTERPARTS, "any": "none", "none": "any"}
