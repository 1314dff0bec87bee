"""Whether one condition is at least as strict as another, as far as that can be shown.

Every step here is sound for bodies that are JSON and for what is text (forms, queries, headers),
and for a value that is missing. What no step shows is not implied: whoever asks must take that
for "it may accept more".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from gateway.language.holding import NOT, judge
from gateway.language.lengths import counts, telling
from gateway.language.meaning import exact
from gateway.language.operands import FILLED, Demand, demands_of
from gateway.language.spec import Elements, Length
from gateway.language.values import Path, kind_of, ordered, path_of

_HELD_BY_MISSING = ("ne", "not_in", "none")
MISSING: Demand = ("exists", False)
_OF_TEXT = ("prefix", "suffix", "pattern")
NOT_OF_TEXT = tuple(NOT + name for name in _OF_TEXT)
_SCALARS = {"string", "number", "boolean"}


def meaning(demands: Sequence[Demand]) -> Hashable:
    """Equal for demands that differ only in the order of operators and of values."""
    return frozenset((name, _operand(operand, name)) for name, operand in demands)


def implies(given: Sequence[Demand], wanted: Sequence[Demand]) -> bool:
    """Whether every value that passes `given` is shown to pass `wanted`."""
    values = named_values(given)
    return all(_implied(given, values, test) for test in wanted)


def _operand(operand: Any, name: str) -> Hashable:
    if isinstance(operand, Elements):
        return frozenset((path, meaning(demands)) for path, demands in _by_path(operand).items())
    listed = name.removeprefix(FILLED) in ("in", "not_in")
    return frozenset(map(exact, operand)) if listed else exact(operand)


def _by_path(elements: Elements) -> Mapping[Path, Sequence[Demand]]:
    """Demands on an element by where they apply in it; the empty path is the element itself."""
    if not isinstance(elements.rule, dict):
        return {(): demands_of(elements.rule)}
    found: dict[Path, tuple[Demand, ...]] = {}
    for written, condition in elements.rule.items():
        path = path_of(written)
        found[path] = (*found.get(path, ()), *demands_of(condition))
    return found


def named_values(given: Sequence[Demand]) -> list[Any] | None:
    """All values that can pass, where an `eq` or an `in` names them; None where nothing does."""
    named = [[operand] if name == "eq" else operand for name, operand in given if _names(name)]
    if not named:
        return None
    excluded = _excluding(given)
    return [value for value in min(named, key=len) if not excluded(value)]


def _names(name: str) -> bool:
    return name in ("eq", "in")


def _excluding(given: Sequence[Demand]) -> Callable[[Any], bool]:
    """Whether what is equal to a value certainly fails."""
    judges = [judge(name, operand) for name, operand in given]
    return lambda value: any(holding(value) is False for holding in judges)


def _implied(given: Sequence[Demand], values: list[Any] | None, wanted: Demand) -> bool:
    name, operand = wanted
    if any(meaning([test]) == meaning([wanted]) for test in given):
        return True
    if values is not None:
        holding = judge(name, operand)
        if all(holding(value) is True for value in values):
            return True
    if name.startswith(NOT):
        return _not(given, name.removeprefix(NOT), operand)
    shows = _SHOWS.get(name)
    return shows is not None and shows(given, operand)


def _not(given: Sequence[Demand], name: str, operand: Any) -> bool:
    """What does not even begin with "a" does not begin with "ab"; both speak of text alone."""
    return name in _OF_TEXT and any(
        implies([(name, operand)], [(one.removeprefix(NOT), text)])
        for one, text in given
        if one in NOT_OF_TEXT
    )


def _exists(given: Sequence[Demand], operand: bool) -> bool:
    if not operand:
        return MISSING in given
    return any(
        name.removeprefix(FILLED) not in _HELD_BY_MISSING and (name, one) != MISSING
        for name, one in given
    )


def _other_than(given: Sequence[Demand], value: Any) -> bool:
    return _other_than_all(given, [value])


def _other_than_all(given: Sequence[Demand], values: list[Any]) -> bool:
    """What is of another kind than all of the values cannot be told from them, and fails."""
    if MISSING in given:
        return True
    if not all(map(_excluding(given), values)):
        return False
    sure, judged = _kinds(given), set(map(kind_of, values)) - {"null"}
    return bool(sure) and sure <= (judged or _SCALARS)


def _kinds(demands: Sequence[Demand]) -> set[str]:
    """Kinds of which a value certainly is that these do not refuse, if it is there and not null.

    Empty where it can be of any.
    """
    found = [kinds for name, operand in demands if (kinds := _kinds_of(name, operand))]
    return set.intersection(*found) if found else set()


def _kinds_of(name: str, operand: Any) -> set[str]:
    match name.removeprefix(NOT):
        case "in" | "not_in":
            return set(map(kind_of, operand)) - {"null"}
        case "eq" | "ne" | "gt" | "gte" | "lt" | "lte":
            return {kind_of(operand)} - {"null"}
        case "prefix" | "suffix" | "pattern":
            return {"string"}
        case "any" | "all" | "none":
            return {"array"}
        case "contains":
            return {"string", "array"}
        case "length":
            return {"string", "array", "object"}
    return set()


def _bound(wanted: str, sign: int) -> Callable[[Sequence[Demand], Any], bool]:
    """What shows a lower bound (`sign` 1) or an upper one (-1)."""
    strict, loose = ("gt", "gte") if sign > 0 else ("lt", "lte")

    def shown(given: Sequence[Demand], operand: Any) -> bool:
        for name, bound in given:
            order = ordered(bound, operand) if name in (strict, loose) else None
            if order == sign or (order == 0 and (name == strict or wanted == loose)):
                return True
        return False

    return shown


def _text(name: str, covers: Callable[[str, str], bool]) -> Callable[[Sequence[Demand], Any], bool]:
    def shown(given: Sequence[Demand], operand: str) -> bool:
        return any(one == name and covers(text, operand) for one, text in given)

    return shown


def _contains(given: Sequence[Demand], operand: Any) -> bool:
    """Only texts begin or end with something; an array that contains "ab" need not contain "a"."""
    return isinstance(operand, str) and any(
        name in ("prefix", "suffix") and operand in text for name, text in given
    )


def _elements(name: str) -> Callable[[Sequence[Demand], Elements], bool]:
    def shown(given: Sequence[Demand], operand: Elements) -> bool:
        return any(one == name and _stricter(rule, operand) for one, rule in given)

    return shown


def _none(given: Sequence[Demand], operand: Elements) -> bool:
    return MISSING in given or any(
        name == "none" and _denied(rule, operand) for name, rule in given
    )


def _denied(one: Elements, other: Elements) -> bool:
    """Whether every element that certainly is not `one` is shown to be certainly not `other`."""
    wanted = _by_path(other)
    return all(
        any(_denies(demand, beside) for beside in wanted.get(path, ()))
        for path, demands in _by_path(one).items()
        for demand in demands
    )


def _denies(demand: Demand, other: Demand) -> bool:
    """The second must be stricter than the first, and judge at least what the first judges."""
    if meaning([demand]) == meaning([other]):
        return True
    if isinstance(demand[1], Elements) or not implies([other], [demand]):
        return False
    judged = _kinds([demand])
    return demand[0] == "exists" or (bool(judged) and judged <= _kinds([other]))


def _stricter(one: Elements, other: Elements) -> bool:
    """Whether every element that is `one` is shown to be `other`."""
    given = _by_path(one)
    return all(implies(given.get(path, ()), demands) for path, demands in _by_path(other).items())


def _length(given: Sequence[Demand], operand: int | Length) -> bool:
    lengths = [one for name, one in given if name == "length"]
    return bool(lengths) and all(
        counts(operand, count)
        for count in telling([*lengths, operand])
        if all(counts(one, count) for one in lengths)
    )


_SHOWS: dict[str, Callable[[Sequence[Demand], Any], bool]] = {
    "exists": _exists,
    "ne": _other_than,
    "not_in": _other_than_all,
    "gt": _bound("gt", 1),
    "gte": _bound("gte", 1),
    "lt": _bound("lt", -1),
    "lte": _bound("lte", -1),
    "prefix": _text("prefix", str.startswith),
    "suffix": _text("suffix", str.endswith),
    "contains": _contains,
    "any": _elements("any"),
    "all": _elements("all"),
    "none": _none,
    "length": _length,
}
"""How an operator can be shown by others; `eq`, `in` and `pattern` are shown by values alone."""
