"""What a plan calls stricter, held against the matcher: `python -m tests.plan.strictness CASES`."""

from __future__ import annotations

import sys
import time
from random import Random
from typing import Any, NamedTuple

import msgspec

from gateway.language.decode import convert
from gateway.language.spec import Hook
from gateway.language.spec.match import Operators
from gateway.language.spec.rules import Match, Rule
from gateway.plan.subjects import rules
from tests.compile import nested
from tests.plan import world

KEYS = Rule.__struct_fields__
FEW = [
    *("a", 1, 2, "1", Operators(ne="a"), Operators(ne=1), Operators(in_=["a", "b"])),
    *(Operators(in_=[1, 2]), Operators(not_in=["a", "b"]), Operators(exists=True)),
    *(Operators(exists=False), Operators(gt=1), Operators(gte=1), Operators(lte=1)),
    *(Operators(prefix="a"), Operators(prefix="ab"), Operators(pattern="^a"), Operators(length=1)),
    *(world.one("any", 1), world.one("none", 1), world.one("all", 1), world.one("any", "a")),
    *(world.one("length", {"gte": 1}), world.one("contains", "a"), Operators(suffix="b")),
    *(
        "${body.b}",
        Operators(ne="${body.b}"),
        Operators(gt="${body.b}"),
        Operators(lte="${body.b}"),
    ),
    *(world.one("any", "${query.a}"), world.one("none", "${query.a}")),
    *(Operators(in_=["a", "${query.a}"]), Operators(not_in=["a", "${query.a}"])),
    *(Operators(prefix="${query.a}"), Operators(contains="${query.a}")),
]
HOOK = convert({"name": "a", "authentication": "none", "workflow": "http://localhost/"})


class Found(NamedTuple):
    """How many pairs were compared, and of how many one was shown to be as strict."""

    cases: int
    shown: int


def rule(chance: Random, depth: int) -> Rule:
    """A rule of a small world, in which one often is as strict as another."""
    made: dict[str, Any] = {}
    for key in chance.sample(["body", "body", "headers", *(["any", "not_"] if depth else [])], 2):
        if key == "not_":
            made[key] = rule(chance, depth - 1)
        elif key == "any":
            made[key] = [rule(chance, depth - 1) for _ in range(chance.choice([1, 2, 2]))]
        else:
            names = ["a", "b"] if key == "body" else ["X-A", "x-b"]
            made[key] = {chance.choice(names): chance.choice([*FEW, nested.condition(chance)])}
    return Rule(**made)


def changed(one: Rule, chance: Random) -> Rule:
    """The rule with a part that is new, gone, or changed inside."""
    parts = {key: getattr(one, key) for key in KEYS}
    there = [key for key in KEYS if parts[key] is not msgspec.UNSET]
    key = chance.choice(there)
    if key in ("any", "all"):
        inner = [changed(each, chance) if chance.random() < 0.5 else each for each in parts[key]]
        inner = inner[: chance.choice([1, 2, 2])]
        parts[key] = inner + [rule(chance, 0)] * (chance.random() < 0.3)
    elif key == "not_":
        parts[key] = changed(parts[key], chance)
    elif chance.random() < 0.5 or len(there) == 1:
        parts[key] = {name: chance.choice(FEW) for name in parts[key]}
    else:
        parts[key] = msgspec.UNSET
    return Rule(**parts)


def match(one: Rule) -> Match:
    """The same rules as those of a hook."""
    return Match(**{key: getattr(one, key) for key in KEYS})


def hook(rules: Match) -> Hook:
    """A hook with these rules."""
    return msgspec.structs.replace(HOOK, match=rules)


def against_the_matcher(cases: int, seed: int) -> Found:
    """Of so many pairs, none may open what the plan calls as strict as before."""
    chance, shown = Random(seed), 0  # noqa: S311 - repeatable on purpose
    for _ in range(cases):
        one = rule(chance, 2)
        old, new = match(one), match(changed(one, chance))
        if chance.random() < 0.5:
            old, new = new, old
        kinds = {change.kind for change in rules.compare(hook(old), hook(new))}
        if kinds & {"rule-removed", "rule-loosened", "rule-changed"}:
            continue
        shown += 1
        before, after = nested.matcher(old), nested.matcher(new)
        for _ in range(8):
            request = nested.request(chance)
            if after(request):
                assert before(request), (old, new, request)
    return Found(cases, shown)


def main() -> None:
    """Try as many as the command line says, and say how long that took."""
    started = time.monotonic()
    cases, shown = against_the_matcher(int(sys.argv[1]), 0)
    seconds = time.monotonic() - started
    print(f"{cases} pairs, {shown} as strict as before, in {seconds:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main()
