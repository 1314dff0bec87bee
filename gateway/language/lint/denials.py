"""Rules below `not` that are not judged where a value is missing or of another kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UnsetType

from gateway.language.implication import implies
from gateway.language.lint.parts import whole_rules
from gateway.language.mistake import Mistake
from gateway.language.normal_form import Parameter, parameter
from gateway.language.operands import FILLED, demands_of
from gateway.language.rules import Asked, Placed, asked, asked_in, conjuncts, rules_in
from gateway.language.spec import Hook
from gateway.language.yaml12 import Steps

_NEEDED = {
    **dict.fromkeys(("prefix", "suffix", "pattern"), "text"),
    **dict.fromkeys(("any", "all"), "an array"),
    "contains": "text or an array",
    "length": "text, an array or an object",
}


def check(hook: Hook) -> Iterator[Mistake]:
    """Each `not` that refuses a request for what the request does not have."""
    for whole in whole_rules(hook):
        yield from _denials(whole)


def _denials(whole: Placed) -> Iterator[Mistake]:
    for placed in rules_in(whole.rule, whole.steps):
        denied = placed.rule.not_
        if not placed.wanted or isinstance(denied, UnsetType):
            continue
        steps = (*placed.steps, "not")
        found = [one for inner in rules_in(denied, steps) for one in asked_in(inner)]
        kinds = [_needed(one) for one in found]
        if all(kinds) and not {*map(_on, found)} & {*map(_on, _certain(whole))}:
            yield _never_judged(steps, found, kinds)


def _on(one: Asked) -> Parameter:
    return parameter(one.source, one.name)


def _certain(whole: Placed) -> Iterator[Asked]:
    """Conditions by which an author has said what happens where the parameter is missing."""
    always = {placed.steps for placed in conjuncts(whole.rule, whole.steps)}
    for one in asked(whole.rule, whole.steps):
        demands = demands_of(one.condition)
        if ("exists", False) in demands or (
            one.steps[:-2] in always and implies(demands, [("exists", True)])
        ):
            yield one


def _needed(one: Asked) -> str:
    """The kind of value without which the condition is not judged; empty for one that is."""
    kinds = [_kind(*demand) for demand in demands_of(one.condition)]
    return kinds[0] if all(kinds) else ""


def _kind(name: str, operand: Any) -> str:
    known = name.removeprefix(FILLED)
    if known not in ("gt", "gte", "lt", "lte"):
        return _NEEDED.get(known, "")
    if known != name:
        return "text or a number"
    return "text" if isinstance(operand, str) else "a number"


def _never_judged(steps: Steps, found: list[Asked], kinds: list[str]) -> Mistake:
    names = " and ".join(dict.fromkeys(f"'{one.name}'" for one in found))
    what = f"if {names} {'is' if len(found) == 1 else 'are'} missing"
    if len(found) == 1 and not (kinds[0] == "text" and found[0].source != "body"):
        what += f" or not {kinds[0]}"
    hint = "if such requests are meant, add an alternative with `exists: false`"
    return Mistake("never-judged", steps, f"'not' does not hold {what}", hint, on="key")
