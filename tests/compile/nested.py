"""Rules inside rules, held against the reference: `python -m tests.compile.nested CASES`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any, cast

import msgspec
from msgspec import UNSET

from gateway.compile.body import Kind, Received
from gateway.compile.matcher import compile_match
from gateway.compile.paths import MISSING
from gateway.compile.templates.inputs import Inputs
from gateway.language.operands import FILLABLE
from gateway.language.spec.match import Operators
from gateway.language.spec.rules import Match, Rule
from tests.compile.filling import TEMPLATES
from tests.compile.reading import Request, accepts
from tests.plan import world
from tests.support.exchanges import an_exchange, fields_of

NAMES = {
    "body": ["a", "b", "a.b", "/a.b", "c.0"],
    "query": ["a", "b", "a.b"],
    "headers": ["X-A", "x-b"],
    "path": ["city", "day"],
}
SENT = ["a", "b", "c", "a.b", "b.a"]
TEXTS = [one for one in world.FORM if isinstance(one, str)]
LINES = [text.encode() for text in TEXTS]


def matches(chance: Random) -> Match:
    """Rules that are up to four deep, most of them on the body alone."""
    sources = ["body"] if chance.random() < 0.5 else [*NAMES]
    made = rule(chance, sources, chance.choice([1, 2, 3]))
    return Match(**{key: getattr(made, key) for key in Rule.__struct_fields__})


def rule(chance: Random, sources: list[str], depth: int) -> Rule:
    """A rule with one or two keys, of which those that hold rules hold some that are less deep."""
    keys = [*sources, *(("any", "any", "all", "not_") if depth else ())]
    made: dict[str, Any] = {}
    for key in chance.sample(keys, min(len(keys), chance.choice([1, 1, 2]))):
        if key in sources:
            names = chance.sample(NAMES[key], chance.choice([1, 1, 2]))
            made[key] = {name: condition(chance) for name in names}
        elif key == "not_":
            made[key] = rule(chance, sources, depth - 1)
        else:
            count = chance.choice([1, 2, 2, 3])
            made[key] = [rule(chance, sources, depth - 1) for _ in range(count)]
    return Rule(**made)


def condition(chance: Random) -> Any:
    """An intended value, one operator, or two; now and then the operand is filled in."""
    if chance.random() < 0.2:
        return filled(chance)
    one, other = chance.sample(world.CONDITIONS, 2)
    if chance.random() < 0.7:
        return one.eq if one.eq is not UNSET and not isinstance(one.eq, dict) else one
    written = {name: getattr(other, name) for name in Operators.__struct_fields__}
    return msgspec.structs.replace(one, **{k: v for k, v in written.items() if v is not UNSET})


def filled(chance: Random) -> Any:
    """A condition with a template."""
    template: Any = chance.choice([*TEMPLATES])
    name = chance.choice(["", "any", "all", "none", *sorted(FILLABLE)])
    if name in ("any", "all", "none"):
        inner = chance.choice([template, {"a": template}, Operators(gt=template)])
        return world.one(name, inner)
    if name in ("in", "not_in"):
        template = [template, chance.choice(["a", 1, *TEMPLATES])]
    return Operators(**{"in_" if name == "in" else name: template}) if name else template


def request(chance: Random) -> Request:
    """A request whose parameters are called as those of the rules, or nearly so."""
    kind = chance.choice(["json"] * 4 + ["form", "multipart", "none", "absent"])
    body: Any = parameters(chance, world.FORM if kind in ("form", "multipart") else world.JSON)
    if kind == "json" and chance.random() < 0.1:
        body = chance.choice([one for one in world.JSON if one is not MISSING])
    names = [b"x-a", b"x-a", b"x-b"]
    return Request(
        kind,
        body,
        parameters(chance, world.FORM),
        [(chance.choice(names), chance.choice(LINES)) for _ in range(chance.choice([0, 1, 2, 3]))],
        {name: chance.choice(TEXTS) for name in NAMES["path"]},
    )


def parameters(chance: Random, values: list[Any]) -> dict[str, Any]:
    """Some names with some values."""
    names = chance.sample(SENT[:3] if chance.random() < 0.7 else SENT, 2)
    found = {name: chance.choice(values) for name in names}
    return {name: value for name, value in found.items() if value is not MISSING}


def matcher(match: Match) -> Callable[[Request], bool]:
    """What says whether these rules, compiled once, accept a request."""
    judge = compile_match(match)

    def accepted(request: Request) -> bool:
        kind, body, query, headers, path = request
        received = None if kind == "absent" else Received(cast(Kind, kind), body)
        exchange = an_exchange()
        exchange.fields, exchange.path_params = fields_of([*headers]), dict(path)
        exchange.body_limit = 1024
        inputs = Inputs(exchange, received, query)
        return judge(received, query, exchange.fields, path, inputs) is None

    return accepted


def holds(match: Match, request: Request) -> bool:
    """Whether the matcher of these rules accepts one request."""
    return matcher(match)(request)


def against_the_reference(cases: int, seed: int) -> int:
    """Of so many cases none may differ from the reference; how many of them were accepted."""
    chance, accepted = Random(seed), 0  # noqa: S311 - repeatable on purpose
    for _ in range(cases):
        match, sent = matches(chance), request(chance)
        found = holds(match, sent)
        assert found == accepts(match, sent), (match, sent)
        accepted += found
    return accepted


def main() -> None:
    """Try as many as the command line says, and say how long that took."""
    cases, started = int(sys.argv[1]), time.monotonic()
    accepted = against_the_reference(cases, 0)
    seconds = time.monotonic() - started
    print(f"{cases} cases, {accepted} accepted, in {seconds:.0f} s")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
