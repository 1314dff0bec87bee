"""Which requests are the intended ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping

from msgspec import UNSET, UnsetType

from gateway.language.spec import Condition, Hook, Match
from gateway.language.values import parse_path
from gateway.language.yaml12 import Steps
from gateway.plan.change import Change
from gateway.plan.implication import Demand, demands_of, implies
from gateway.plan.implication import meaning as meaning_of
from gateway.plan.shown import header_value, json

_WHAT = {"body": "body parameter", "query": "query parameter", "headers": "header"}


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
    """The demands on each parameter, and what happens to others."""
    sources = (meaning_of_rules(_of(hook.match, source)) for source in _WHAT)
    return (*sources, _otherwise(hook.match))


def meaning_of_rules(rules: Rules) -> Hashable:
    """The demands on each parameter."""
    return frozenset((at, meaning_of(rule.demands)) for at, rule in rules.items())


def compare(old: Hook, new: Hook) -> Iterator[Change]:
    """What is asked of each parameter, then what happens to others."""
    for source, what in _WHAT.items():
        yield from compare_rules(what, _of(old.match, source), _of(new.match, source))
    was, now = _otherwise(old.match), _otherwise(new.match)
    if was != now:
        yield Change("otherwise-changed", ("match", "otherwise"), _OTHERWISE[now], was, now)


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
    stricter, looser = implies(new.demands, old.demands), implies(old.demands, new.demands)
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


def _of(match: Match | UnsetType, source: str) -> Rules:
    written = UNSET if isinstance(match, UnsetType) else getattr(match, source)
    return rules_of(("match", source), written, _PLACES[source])


_PLACES: dict[str, Callable[[str], Hashable]] = {
    "body": parse_path,
    "query": str,
    "headers": str.lower,
}


def _otherwise(match: Match | UnsetType) -> str:
    return "reject" if isinstance(match, UnsetType) else match.otherwise
