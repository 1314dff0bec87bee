"""Which requests are the intended ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.language.implication import meaning as meaning_of
from gateway.language.meaning import exact
from gateway.language.normal_form import alternatives, parameter
from gateway.language.operands import Demand, demands_of
from gateway.language.rules import SourceName, conditions_on, conjuncts
from gateway.language.spec import Condition, Hook, Match
from gateway.language.spec import Rule as SpecRule
from gateway.language.strictness import implied, implied_on
from gateway.language.strictness import meaning_of as meaning_of_ways
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change
from gateway.plan.shown import header_value, json

_WHAT: dict[SourceName, str] = {
    "body": "body parameter",
    "query": "query parameter",
    "headers": "header",
    "path": "path parameter",
}


class Rule:
    """Everything that is asked of one parameter, under whichever spellings of its name."""

    __slots__ = ("demands", "name", "steps", "written")

    def __init__(self, steps: Steps, name: str) -> None:
        self.steps = steps
        self.name = name
        self.demands: tuple[Demand, ...] = ()
        self.written: list[Condition] = []

    def add(self, condition: Condition) -> None:
        self.demands += demands_of(condition)
        self.written.append(condition)

    @property
    def shown(self) -> str:
        return " and ".join(json(header_value(self.name, one)) for one in self.written)


Rules = dict[Hashable, Rule]


def meaning(hook: Hook) -> Hashable:
    """The ways in which a request matches, and what happens to others. Where the ways are too many
    to be compared, the rules as they are written.
    """
    return meaning_of_rule(hook.match), _otherwise(hook.match)


def meaning_of_rule(written: SpecRule | UnsetType) -> Hashable:
    """The ways in which a rule holds, or the rule as it is written."""
    ways = alternatives(written)
    return exact(_parts(written)) if ways is None else meaning_of_ways(ways)


def meaning_of_rules(rules: Rules) -> Hashable:
    """The demands on each parameter."""
    return frozenset((at, meaning_of(rule.demands)) for at, rule in rules.items())


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """What is asked of each parameter, then what happens to others. Where alternatives or
    exceptions changed, the rules are compared as a whole.
    """
    if _nested(old.match) != _nested(new.match):
        yield from _as_a_whole(old.match, new.match)
    else:
        for source, what in _WHAT.items():
            yield from compare_rules(what, _of(old.match, source), _of(new.match, source))
    was, now = _otherwise(old.match), _otherwise(new.match)
    if was != now:
        yield Change("otherwise-changed", ("match", "otherwise"), _OTHERWISE[now], was, now)


def _as_a_whole(old: Match | UnsetType, new: Match | UnsetType) -> Iterator[Change]:
    ways, others = alternatives(new), alternatives(old)
    if ways is not None and others is not None and meaning_of_ways(ways) == meaning_of_ways(others):
        return
    kind, message = _CHANGED[implied(ways, others), implied(others, ways)]
    was, now = _parts(old), _parts(new)
    keys = [key for key in {**was, **now} if exact(was.get(key)) != exact(now.get(key))]
    steps = ("match", keys[0]) if len(keys) == 1 else ("match",)
    shown = ({key: part[key] for key in keys if key in part} for part in (was, now))
    yield Change(kind, steps, f"'match' {message}", *(json(one or UNSET) for one in shown))


_OTHERWISE = {
    "ignore": "requests that do not match get 200 and start nothing",
    "reject": "requests that do not match get 422",
}


def compare_rules(what: str, old: Rules, new: Rules) -> Iterator[Change]:
    """Rule by rule; `what` says of what kind the parameters are."""
    for at, rule in old.items():
        if at not in new:
            message = f"the {what} '{rule.name}' may have any value"
            yield Change("rule-removed", rule.steps, message, rule.shown)
    for at, rule in new.items():
        if at not in old:
            message = f"the {what} '{rule.name}' must match a condition"
            yield Change("rule-added", rule.steps, message, now=rule.shown)
        elif meaning_of(old[at].demands) != meaning_of(rule.demands):
            yield _changed(what, old[at], rule)


def _changed(what: str, old: Rule, new: Rule) -> Change:
    source: SourceName = "headers" if what == _WHAT["headers"] else "body"
    stricter = implied_on(source, new.demands, old.demands)
    looser = implied_on(source, old.demands, new.demands)
    kind, message = _CHANGED[stricter, looser]
    message = f"the condition on the {what} '{new.name}' {message}"
    return Change(kind, new.steps, message, old.shown, new.shown)


_CHANGED = {
    (True, True): ("rule-reworded", "is written differently and has the same effect"),
    (True, False): ("rule-tightened", "refuses more than before"),
    (False, True): ("rule-loosened", "accepts more than before"),
    (False, False): ("rule-changed", "is different, and may accept what it refused before"),
}


def rules_of(
    steps: Steps, written: Mapping[str, Condition] | UnsetType, place: Callable[[str], Hashable]
) -> Rules:
    """The rules of a mapping from names to conditions; `place` is equal for the same parameter."""
    found: Rules = {}
    for name, condition in ({} if isinstance(written, UnsetType) else written).items():
        found.setdefault(place(name), Rule((*steps, name), name)).add(condition)
    return found


def _of(match: Match | UnsetType, source: SourceName) -> Rules:
    """The conditions on one part of a request that must hold whatever else does."""
    found: Rules = {}
    for steps, rule, _ in conjuncts(match):
        for name, condition in conditions_on(rule, source).items():
            at = parameter(source, name)
            found.setdefault(at, Rule((*steps, source, name), name)).add(condition)
    return found


def _nested(match: Match | UnsetType) -> Hashable:
    """Alternatives and exceptions, as they are written."""
    return frozenset(
        (key, exact(getattr(placed.rule, key)))
        for placed in conjuncts(match)
        for key in ("any", "not_")
        if getattr(placed.rule, key) is not UNSET
    )


def _parts(match: SpecRule | UnsetType) -> dict[str, Any]:
    """The keys of `match` that hold rules, as a plan shows them."""
    return {} if isinstance(match, UnsetType) else shown_rule(match)


def shown_rule(rule: SpecRule) -> dict[str, Any]:
    """A rule without the values of headers that commonly carry a secret."""
    names = zip(SpecRule.__struct_fields__, SpecRule.__struct_encode_fields__, strict=True)
    found = {name: part for key, name in names if (part := getattr(rule, key)) is not UNSET}
    if "headers" in found:
        found["headers"] = {key: header_value(key, one) for key, one in found["headers"].items()}
    for key in ("any", "all"):
        if key in found:
            found[key] = [shown_rule(one) for one in found[key]]
    return {**found, "not": shown_rule(found["not"])} if "not" in found else found


def _otherwise(match: Match | UnsetType) -> str:
    return "reject" if isinstance(match, UnsetType) else match.otherwise
