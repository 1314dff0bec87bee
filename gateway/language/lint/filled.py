"""Whether a template can give what its place needs, as far as that is known without a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gateway.language.inputs import Filling, matched_path, name_of
from gateway.language.kinds import pinned
from gateway.language.mistake import Mistake
from gateway.language.normal_form import Alternative, Demanded, alternatives, parameter
from gateway.language.operands import Demand as Asking
from gateway.language.operands import demands_of as asking
from gateway.language.rules import asked_in, conjuncts
from gateway.language.spec import Hook
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


Demands = Mapping[tuple[str, Path], Demand]
"""By the root of an input and the way to it."""


def demands_of(hook: Hook) -> Demands:
    """What the rules of a hook say of its inputs, in whichever way they hold."""
    ways = [_pinned(way) for way in alternatives(hook.match) or _certain(hook)]
    found: dict[tuple[str, Path], Demand] = {}
    for at in set.intersection(*map(set, ways)):
        kinds = frozenset[str]().union(*(way[at] for way in ways))
        present = frozenset(kind for kind in EVERY if kind in kinds)
        found[at] = Demand(kinds, present or EVERY)
    return found


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
        yield from _kinds(demands, filling, chain)
    yield from _presence(demands, filling)


def _kinds(demands: Demands, filling: Filling, chain: Chain) -> Iterator[Mistake]:
    """The kinds that a chain can give, from filter to filter, held against its place."""
    kinds, what = _of_operand(demands, chain)
    for call in chain.filters:
        known = FILTERS[call.name]
        fits = kinds & known.takes
        if not fits:
            message = f"'{call.name}' takes {words(known.takes)}, and {what} is {words(kinds)}"
            yield _at(filling, "wrong-kind", call.span, message)
            return
        kinds, what = known.gives or fits, f"the value of '{call.name}'"
    if kinds & _needed(filling):
        return
    span = chain.filters[-1].span if chain.filters else chain.operand.span
    if kinds == {"null"}:
        yield _at(filling, "wrong-kind", span, "null cannot be sent as text", "write '' or '?'")
        return
    message = f"{what} is {words(kinds)}, and this place needs text"
    hint = "write `| join(', ')`" if kinds == {"an array"} else "write `| json`"
    yield _at(filling, "wrong-kind", span, message, hint)


def _needed(filling: Filling) -> Kinds:
    if filling.position in ("json", "operand") and filling.whole:
        return EVERY
    return _PARAMETERS if filling.position == "parameter" and filling.whole else SCALAR


def _of_operand(demands: Demands, chain: Chain) -> tuple[Kinds, str]:
    operand = chain.operand
    if isinstance(operand, Constant):
        return frozenset({operand.kind}), "this value"
    return _of_reference(demands, operand), f"'{operand.root}.{name_of(operand)}'"


def _of_reference(demands: Demands, reference: Reference) -> Kinds:
    root, path = reference.root, reference.path
    if root == "body":
        return demands[root, path].present if (root, path) in demands else EVERY
    if root == "query":
        return _REPEATED if path else _OBJECT
    if root == "sender" and path[0] == CLAIMS:
        return EVERY if path[1:] else _OBJECT
    if (root, path[:1]) in _NUMBERS:
        return _NUMBER
    if root == "workflow" and path[0] == "body":
        return EVERY
    return _TEXT if path else _OBJECT


def _presence(demands: Demands, filling: Filling) -> Iterator[Mistake]:
    """What `match` says of whether the first alternative is there."""
    expression = filling.expression
    first = expression.alternatives[0]
    if not isinstance(first.operand, Reference):
        return
    demand = demands.get((first.operand.root, first.operand.path))
    if demand is None:
        return
    kinds = demand.kinds
    name = name_of(first.operand)
    if kinds == {"missing"} and expression.required is first.operand:
        message = f"`match` asks that '{name}' is missing, and the template needs it"
        yield _at(filling, "never-there", first.operand.span, message, "remove one of them")
    has_default = expression.optional or len(expression.alternatives) > 1
    if has_default and not kinds & {"missing", "null"} and not _may_vanish(first):
        message = f"the default is never used: `match` asks for '{name}'"
        yield _at(filling, "needless-default", expression.span, message, "remove the default")


def _may_vanish(chain: Chain) -> bool:
    """Whether a value that is there may be missing behind the filters."""
    return any(call.name == "part" for call in chain.filters)


def _at(filling: Filling, code: str, span: Span, message: str, hint: str = "") -> Mistake:
    return Mistake(code, filling.steps, message, hint, inner=(span.start, span.end))
