"""Whether a template can give what its place needs, as far as that is known without a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from gateway.language.inputs import Filling, matched_path, name_of
from gateway.language.kinds import pinned
from gateway.language.mistake import Mistake
from gateway.language.normal_form import Alternative, Demanded, alternatives, parameter
from gateway.language.operands import Demand as Asking
from gateway.language.operands import demands_of as asking
from gateway.language.rules import asked, asked_in, conjuncts, rules_in
from gateway.language.spec import Condition, Hook
from gateway.language.template import (
    CLAIMS,
    EVERY,
    FILTERS,
    SCALAR,
    Chain,
    Constant,
    Kinds,
    Reference,
    Span,
    words,
)
from gateway.language.values import Path

_TEXT: Kinds = frozenset({"text"})
_NUMBER: Kinds = frozenset({"a number"})
_OBJECT: Kinds = frozenset({"an object"})
_NUMBERS = {("sender", ("timestamp",)), ("workflow", ("status",)), ("workflow", ("duration_ms",))}
_REPEATED: Kinds = frozenset({"text", "an array"})
_PARAMETERS: Kinds = SCALAR | {"an array", "an object"}


class Demand(NamedTuple):
    """What `match` asks of an input: the kinds that it must have, and those of a value."""

    kinds: frozenset[str]
    present: Kinds


class Demands:
    """What the rules of a hook say of its inputs, in whichever way they hold; looked up only for
    the inputs that a template reads.
    """

    def __init__(self, hook: Hook) -> None:
        self._hook = hook
        self._asked: dict[tuple[str, Path], list[Condition]] = {}
        self._known: dict[tuple[str, Path], Demand | None] = {}
        for one in asked(hook.match):
            at = one.source, matched_path(one.source, one.name)
            self._asked.setdefault(at, []).append(one.condition)

    @cached_property
    def members(self) -> frozenset[str]:
        """The first names of what is asked of the body."""
        return frozenset(str(path[0]) for root, path in self._asked if root == "body")

    def of(self, reference: Reference) -> Demand | None:
        """What they say of one input; None where that is nothing."""
        at = reference.root, reference.path
        if at not in self._asked:
            return None
        if at not in self._known:
            self._known[at] = self._look_up(at)
        return self._known[at]

    def _look_up(self, at: tuple[str, Path]) -> Demand | None:
        if self._nested:
            return self._of_ways.get(at)
        asked_for = (demand for one in self._asked[at] for demand in asking(one))
        return _demand(pinned(asked_for))

    @cached_property
    def _nested(self) -> bool:
        return any(len(placed.steps) > 1 for placed in rules_in(self._hook.match))

    @cached_property
    def _of_ways(self) -> Mapping[tuple[str, Path], Demand]:
        ways = [_pinned(way) for way in alternatives(self._hook.match) or _certain(self._hook)]
        return {
            at: _demand(frozenset[str]().union(*(way[at] for way in ways)))
            for at in set.intersection(*map(set, ways))
        }


def _demand(kinds: frozenset[str]) -> Demand:
    present = frozenset(kind for kind in EVERY if kind in kinds)
    return Demand(kinds, present or EVERY)


def _pinned(way: Alternative) -> dict[tuple[str, Path], frozenset[str]]:
    """The kinds that the inputs have in one of the ways in which the rules hold."""
    found: dict[tuple[str, Path], list[Asking]] = {}
    for (root, _), demand, name in way.demanded:
        found.setdefault((root, matched_path(root, name)), []).append(demand)
    return {at: pinned(demands) for at, demands in found.items()}


def _certain(hook: Hook) -> list[Alternative]:
    """The conditions that must hold whatever else does, where the ways are too many."""
    asked = (one for placed in conjuncts(hook.match) for one in asked_in(placed))
    return [
        Alternative(
            tuple(
                Demanded(parameter(one.source, one.name), demand, one.name)
                for one in asked
                for demand in asking(one.condition)
            )
        )
    ]


def check(demands: Demands, filling: Filling) -> Iterator[Mistake]:
    """Values of a kind that never fits, values that are never there, defaults that never count."""
    expression = filling.expression
    if expression.optional and (not filling.whole or filling.position == "path"):
        what = "the URL's path" if filling.position == "path" else "a text"
        message = f"'?' leaves out a whole value, and this is a part of {what}"
        hint = "write a default, such as ${body.note ?? ''}"
        yield _at(filling, "optional-in-text", expression.span, message, hint)
    for chain in expression.alternatives:
        misfit = _misfit(demands, filling, chain)
        if misfit is not None:
            yield misfit
    first = expression.alternatives[0]
    if isinstance(first.operand, Reference):
        demand = demands.of(first.operand)
        if demand is not None:
            yield from _presence(demand, filling, first, first.operand)


def _misfit(demands: Demands, filling: Filling, chain: Chain) -> Mistake | None:
    """The kinds that a chain can give, from filter to filter, held against its place."""
    operand = chain.operand
    if isinstance(operand, Constant):
        kinds: Kinds = frozenset({operand.kind})
    else:
        kinds = _of_reference(demands, operand)
    for index, call in enumerate(chain.filters):
        known = FILTERS[call.name]
        fits = kinds & known.takes
        if not fits:
            what = _called(chain, index)
            message = f"'{call.name}' takes {words(known.takes)}, and {what} is {words(kinds)}"
            return _at(filling, "wrong-kind", call.span, message)
        kinds = known.gives or fits
    return None if kinds & _needed(filling) else _unfit(filling, chain, kinds)


def _unfit(filling: Filling, chain: Chain, kinds: Kinds) -> Mistake:
    span = chain.filters[-1].span if chain.filters else chain.operand.span
    if kinds == {"null"}:
        return _at(filling, "wrong-kind", span, "null cannot be sent as text", "write '' or '?'")
    what = _called(chain, len(chain.filters))
    message = f"{what} is {words(kinds)}, and this place needs text"
    hint = "write `| join(', ')`" if kinds == {"an array"} else "write `| json`"
    return _at(filling, "wrong-kind", span, message, hint)


def _called(chain: Chain, filters: int) -> str:
    """The value behind so many filters of a chain."""
    operand = chain.operand
    if filters:
        return f"the value of '{chain.filters[filters - 1].name}'"
    return "this value" if isinstance(operand, Constant) else f"'{operand.root}.{name_of(operand)}'"


def _needed(filling: Filling) -> Kinds:
    if filling.position in ("json", "operand") and filling.whole:
        return EVERY
    return _PARAMETERS if filling.position == "parameter" and filling.whole else SCALAR


def _of_reference(demands: Demands, reference: Reference) -> Kinds:
    root, path = reference.root, reference.path
    if root == "body":
        demand = demands.of(reference)
        return EVERY if demand is None else demand.present
    if root == "query":
        return _REPEATED if path else _OBJECT
    if root == "sender" and path[0] == CLAIMS:
        return EVERY if path[1:] else _OBJECT
    if (root, path[:1]) in _NUMBERS:
        return _NUMBER
    if root == "workflow" and path[0] == "body":
        return EVERY
    return _TEXT if path else _OBJECT


def _presence(
    demand: Demand, filling: Filling, first: Chain, operand: Reference
) -> Iterator[Mistake]:
    """What `match` says of whether the first alternative is there."""
    expression, kinds = filling.expression, demand.kinds
    if kinds == {"missing"} and expression.required is operand:
        message = f"`match` asks that '{name_of(operand)}' is missing, and the template needs it"
        yield _at(filling, "never-there", operand.span, message, "remove one of them")
    has_default = expression.optional or len(expression.alternatives) > 1
    if has_default and not kinds & {"missing", "null"} and not _may_vanish(first):
        message = f"the default is never used: `match` asks for '{name_of(operand)}'"
        yield _at(filling, "needless-default", expression.span, message, "remove the default")


def _may_vanish(chain: Chain) -> bool:
    """Whether a value that is there may be missing behind the filters."""
    return any(call.name == "part" for call in chain.filters)


def _at(filling: Filling, code: str, span: Span, message: str, hint: str = "") -> Mistake:
    return Mistake(code, filling.steps, message, hint, inner=(span.start, span.end))
