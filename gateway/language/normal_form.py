"""The rules of a hook as alternatives without anything inside them.

Each is a set of demands on parameters, all of which must be met, and a request matches where it
meets those of one. `not` is gone: what it denies is demanded by the counterpart of an operator
(`lte` for `gt`), or where there is none by its name with `not ` in front.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from msgspec import UnsetType

from gateway.language.holding import NOT
from gateway.language.lengths import bounds_of
from gateway.language.operands import COUNTERPARTS, FILLED, Demand, demands_of
from gateway.language.rules import MATCH, Asked, Placed, SourceName, asked_in, inner_rules
from gateway.language.spec import Length, Rule
from gateway.language.values import path_of
from gateway.language.yaml12 import Steps

MOST = 64
"""Alternatives beyond which nothing is said of rules as a whole."""

Parameter = tuple[SourceName, Hashable]
"""Equal for the same parameter, under whichever spelling of its name."""

Demands = Mapping[Parameter, tuple[Demand, ...]]
"""What is asked of each parameter."""


class Demanded(NamedTuple):
    """A demand on a parameter, and the condition that it comes from."""

    parameter: Parameter
    demand: Demand
    name: str


class Alternative(NamedTuple):
    """One way in which all rules hold; `through` are the entries of `any` that it is made of."""

    demanded: tuple[Demanded, ...] = ()
    through: frozenset[Steps] = frozenset()

    @property
    def demands(self) -> Demands:
        """The same, by parameter."""
        found: dict[Parameter, tuple[Demand, ...]] = {}
        for parameter, demand, _ in self.demanded:
            found[parameter] = (*found.get(parameter, ()), demand)
        return found


class _TooManyError(Exception):
    """There are more than anybody wants to compare."""


def alternatives(rule: Rule | UnsetType, steps: Steps = MATCH) -> list[Alternative] | None:
    """The ways in which a rule holds; None where they are more than MOST."""
    if isinstance(rule, UnsetType):
        return [Alternative()]
    try:
        return _ways(Placed(steps, rule))
    except _TooManyError:
        return None


def parameter(source: SourceName, name: str) -> Parameter:
    """Which parameter a key of a rule means."""
    if source == "headers":
        return source, name.lower()
    return source, path_of(name) if source == "body" else name


def _ways(placed: Placed) -> list[Alternative]:
    """The ways in which a rule holds if it is wanted, else in which it certainly does not."""
    parts = [_of_condition(one, placed.wanted) for one in asked_in(placed)]
    inside: dict[str | int, list[list[Alternative]]] = {}
    for one in inner_rules(placed):
        key = one.steps[len(placed.steps)]
        ways = _ways(one)
        chosen = key == "any" and placed.wanted
        inside.setdefault(key, []).append([_by(way, one.steps) for way in ways] if chosen else ways)
    for key, found in inside.items():
        parts.append(_both(found) if (key != "any") == placed.wanted else _either(found))
    return _both(parts) if placed.wanted else _either(parts)


def _by(way: Alternative, steps: Steps) -> Alternative:
    return way._replace(through=way.through | {steps})


def _either(parts: Iterable[list[Alternative]]) -> list[Alternative]:
    return _bounded(way for ways in parts for way in ways)


def _both(parts: list[list[Alternative]]) -> list[Alternative]:
    found = [Alternative()]
    for ways in parts:
        found = _bounded(_joined(one, other) for one, other in product(found, ways))
    return found


def _joined(one: Alternative, other: Alternative) -> Alternative:
    return Alternative(one.demanded + other.demanded, one.through | other.through)


def _bounded(ways: Iterable[Alternative]) -> list[Alternative]:
    found: list[Alternative] = []
    for way in ways:
        if len(found) == MOST:
            raise _TooManyError
        found.append(way)
    return found


def _of_condition(one: Asked, wanted: bool) -> list[Alternative]:
    at = parameter(one.source, one.name)
    if wanted:
        demands = (Demanded(at, demand, one.name) for demand in demands_of(one.condition))
        return [Alternative(tuple(demands))]
    return [
        Alternative(tuple(Demanded(at, demand, one.name) for demand in denied))
        for name, operand in demands_of(one.condition)
        for denied in _denied(name, operand)
    ]


def _denied(name: str, operand: Any) -> Iterator[list[Demand]]:
    """The ways in which an operator certainly does not hold, each of several demands."""
    known = name.removeprefix(FILLED)
    filled = name.removesuffix(known)
    if known in COUNTERPARTS:
        yield [(filled + COUNTERPARTS[known], operand)]
    elif known == "exists":
        yield [("exists", not operand)]
    elif known == "none":
        yield [(f"{filled}any", operand)]
    elif known == "any":
        yield [(f"{filled}none", operand), ("exists", True)]
    elif name == "length":
        yield from _other_lengths(operand)
    else:
        yield [(NOT + name, operand)]


def _other_lengths(operand: int | Length) -> Iterator[list[Demand]]:
    for name, number in bounds_of(operand):
        if name != "in":
            yield [("length", Length(**{COUNTERPARTS[name]: number}))]
            continue
        yield [("length", Length(ne=one)) for one in number]
