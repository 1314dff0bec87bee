"""Whether one set of rules is at least as strict as another, as far as that can be shown."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from gateway.language.contradiction import contradictory
from gateway.language.implication import (
    MISSING,
    NOT_OF_TEXT,
    implies,
    meaning,
    named_values,
)
from gateway.language.normal_form import Alternative, Demands, Parameter
from gateway.language.operands import Demand
from gateway.language.rules import SourceName

MOST_CASES = 64
"""Values of one parameter that are looked at one by one."""


def implied(given: Sequence[Alternative] | None, wanted: Sequence[Alternative] | None) -> bool:
    """Whether every request that the first rules accept is shown to be accepted by the others."""
    if given is None or wanted is None:
        return False
    ways = [one.demands for one in wanted]
    return all(_is_one_of(one.demands, ways) for one in given)


def never(demands: Demands) -> Parameter | None:
    """A parameter that cannot meet all demands on it; None where there is none."""
    return next((at for at, found in demands.items() if contradictory(found)), None)


def meaning_of(rules: Sequence[Alternative]) -> Hashable:
    """Equal for rules that differ in the order of what is written, and in their spelling."""
    return frozenset(
        frozenset((at, meaning(found)) for at, found in one.demands.items()) for one in rules
    )


def _is_one_of(given: Demands, ways: Sequence[Demands]) -> bool:
    if never(given) is not None or any(_stricter(given, way) for way in ways):
        return True
    return any(_in_every_case(given, at, ways) for at in given)


def _stricter(given: Demands, wanted: Demands) -> bool:
    return all(implied_on(at[0], given.get(at, ()), found) for at, found in wanted.items())


def implied_on(source: SourceName, given: Sequence[Demand], wanted: Sequence[Demand]) -> bool:
    """Whether what passes the demands on one parameter is shown to pass the others. A header can
    come in several lines, for which a denial does not hold.
    """
    if source == "headers" and _denies(wanted) and not (_denies(given) or MISSING in given):
        return False
    return implies(given, wanted)


def _denies(demands: Sequence[Demand]) -> bool:
    return any(name in _DENIALS for name, _ in demands)


_DENIALS = ("ne", "not_in", *NOT_OF_TEXT)


def _in_every_case(given: Demands, at: Parameter, ways: Sequence[Demands]) -> bool:
    """Whether each value that a parameter can have is one of the ways, if not always the same."""
    values = named_values(given[at])
    if values is None or not 2 <= len(values) <= MOST_CASES:
        return False
    cases = ({**given, at: (*given[at], ("eq", value))} for value in values)
    return all(any(_stricter(case, way) for way in ways) for case in cases)
