"""Rules inside rules that exclude each other, or add nothing to each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from msgspec import UNSET, UnsetType

from gateway.language.lint import headers, operators
from gateway.language.lint.parts import whole_rules
from gateway.language.mistake import Mistake
from gateway.language.normal_form import Alternative, alternatives, parameter
from gateway.language.rules import Placed, asked, inner_rules, rules_in
from gateway.language.spec import Hook, Match, Rule
from gateway.language.strictness import implied, never
from gateway.language.yaml12 import Steps


def check(hook: Hook) -> Iterator[Mistake]:
    """What is seen only when conditions are looked at together. Where one contradicts itself, or
    is written twice, it has a finding already.
    """
    wholes = [one for one in whole_rules(hook) if not _each_alone(one.rule)]
    if not wholes:
        return
    known = [*operators.check(hook), *headers.check(hook)]
    faulty = [one.steps for one in known if one.code in ("contradiction", "duplicate-header")]
    for whole in wholes:
        if not any(steps[: len(whole.steps)] == whole.steps for steps in faulty):
            yield from _together(whole)


def _together(whole: Placed) -> Iterator[Mistake]:
    found = alternatives(whole.rule, whole.steps)
    if found is None:
        return
    dead = [(one, name) for one in found if (name := _excluded(one))]
    if found and len(dead) == len(found):
        message = f"no request can match: the conditions on '{dead[0][1]}' exclude each other"
        yield Mistake("contradiction", whole.steps, message, on="key")
        return
    useless = dict(_never(found, dead))
    yield from useless.values()
    for placed in rules_in(whole.rule, whole.steps):
        if placed.wanted and not isinstance(placed.rule.any, UnsetType):
            yield from _beside_each_other(placed, useless)
    yield from _implied_by_the_rest(whole)


def _each_alone(rule: Rule) -> bool:
    """Whether no two conditions are on the same parameter: then each has been looked at."""
    found = [parameter(one.source, one.name) for one in asked(rule)]
    return len(found) == len({*found}) and UNSET is rule.any is rule.not_ is rule.all


def _excluded(one: Alternative) -> str:
    """The name of a parameter whose demands exclude each other; empty where there is none."""
    at = never(one.demands)
    return next((name for parameter, _, name in one.demanded if parameter == at), "")


def _never(
    found: list[Alternative], dead: list[tuple[Alternative, str]]
) -> Iterator[tuple[Steps, Mistake]]:
    """Entries of `any` by which no request comes; of those inside each other the outermost."""
    names = {steps: name for one, name in dead for steps in one.through}
    living = {steps for one in found if not _excluded(one) for steps in one.through}
    gone = names.keys() - living
    for steps in sorted(gone, key=len):
        if not any(steps[: len(other)] == other for other in gone if other != steps):
            message = "this alternative never holds: "
            message += f"the conditions on '{names[steps]}' exclude each other"
            yield steps, Mistake("unreachable", steps, message, "remove it, or correct one of them")


def _beside_each_other(placed: Placed, useless: dict[Steps, Mistake]) -> Iterator[Mistake]:
    """Entries of one `any` of which another holds whenever they do."""
    entries = [one for one in inner_rules(placed) if one.steps[len(placed.steps)] == "any"]
    ways = {one.steps: alternatives(one.rule, one.steps) for one in entries}
    gone = set(useless)
    for first, second in combinations(ways, 2):
        if {first, second} & gone:
            continue
        weaker, other = second, first
        if not implied(ways[second], ways[first]):
            weaker, other = first, second
        if implied(ways[weaker], ways[other]):
            gone.add(weaker)
            message = f"this alternative has no effect: {_entry(other)} holds whenever it does"
            yield Mistake("unreachable", weaker, message, "remove it")
        elif name := _there_or_not(ways[first], ways[second]):
            message = f"'any' holds for every request, whether '{name}' is missing or not"
            yield Mistake("unreachable", (*placed.steps, "any"), message, "remove it", on="key")


def _entry(steps: Steps) -> str:
    return f"alternative {int(steps[-1]) + 1}"


def _there_or_not(one: list[Alternative] | None, other: list[Alternative] | None) -> str:
    """The parameter that must be there in one alternative, and missing in the other."""
    if not (one and other and len(one) == len(other) == 1):
        return ""
    first, second = one[0].demanded, other[0].demanded
    if not len(first) == len(second) == 1 or first[0].parameter != second[0].parameter:
        return ""
    demands = [first[0].demand, second[0].demand]
    opposite = ("exists", True) in demands and ("exists", False) in demands
    return first[0].name if opposite else ""


def _implied_by_the_rest(whole: Placed) -> Iterator[Mistake]:
    """An `any` of which one entry holds for every request that the other conditions accept."""
    steps, rule, _ = whole
    if isinstance(rule.any, UnsetType):
        return
    others = {key: getattr(rule, key) for key in Rule.__struct_fields__ if key != "any"}
    rest = alternatives(Match(**others))  # unlike a rule, it may be empty
    for index, entry in enumerate(rule.any):
        if implied(rest, alternatives(entry)):
            message = "'any' has no effect: "
            message += f"the other conditions imply alternative {index + 1}"
            yield Mistake("unreachable", (*steps, "any"), message, "remove it", on="key")
            return
