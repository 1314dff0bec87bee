"""What rules speak of: bodies that are never there, paths that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from msgspec import UNSET

from gateway.language.lint.parts import WITH_BODY, whole_rules
from gateway.language.lint.paths import check_path
from gateway.language.lint.route import parameters
from gateway.language.mistake import Mistake
from gateway.language.rules import (
    MATCH,
    Placed,
    asked_in,
    conditions_on,
    operators_of,
    rules_in,
    spelled,
)
from gateway.language.spec import Condition, Elements, Hook, Rule
from gateway.language.yaml12 import Steps

DEEPEST = 8
"""Levels of any, all and not."""

MOST_CONDITIONS = 200
"""Conditions below any, all and not of one hook."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Rules that are empty, that read what is never there, that lead nowhere, that are too many."""
    if hook.match is not UNSET and all(
        getattr(hook.match, key) is UNSET for key in Rule.__struct_fields__
    ):
        hint = "write a condition under body, query or headers, or remove 'match'"
        yield Mistake("empty-rule", MATCH, "'match' has no condition", hint, on="key")
    for whole in whole_rules(hook):
        for placed in rules_in(whole.rule, whole.steps):
            yield from _on_body(hook, placed)
            yield from _on_path(hook, placed)
        yield from _bounds(whole)


def _on_body(hook: Hook, placed: Placed) -> Iterator[Mistake]:
    steps, conditions = (*placed.steps, "body"), conditions_on(placed.rule, "body")
    if conditions and steps[0] == MATCH[0] and not WITH_BODY & set(hook.methods):
        methods = " and ".join(hook.methods)
        message = f"'{spelled(steps)}' can never hold: {methods} requests have no body"
        hint = "match the query, or write `method: POST`"
        yield Mistake("body-without-body", steps, message, hint, on="key")
    yield from paths(steps, conditions)


def _on_path(hook: Hook, placed: Placed) -> Iterator[Mistake]:
    known = parameters(hook)
    for name in conditions_on(placed.rule, "path"):
        if name not in known:
            message = f"'{name}' is not a parameter of '{hook.route}'"
            steps = (*placed.steps, "path", name)
            yield Mistake("unknown-input", steps, message, _meant(name, known), on="key")


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, 1)
    if close or len(known) == 1:
        return f"did you mean '{(close or known)[0]}'?"
    return f"its parameters are {', '.join(known)}" if known else f"write a path with {{{name}}}"


def _bounds(whole: Placed) -> Iterator[Mistake]:
    """Rules inside rules are looked at as a whole, which takes time for each of them."""
    found = [*rules_in(whole.rule, whole.steps)][1:]
    for placed in found:
        if _depth(placed) - _depth(whole) == DEEPEST + 1:
            message = f"rules are nested deeper than {DEEPEST}"
            hint = "write fewer levels of any, all and not"
            yield Mistake("too-deep", placed.steps, message, hint)
    conditions = sum(len(list(asked_in(placed))) for placed in found)
    if conditions > MOST_CONDITIONS:
        message = f"any, all and not hold {conditions} conditions, and at most {MOST_CONDITIONS}"
        yield Mistake(
            "too-deep", whole.steps, message, "write several hooks, or lists of `in`", on="key"
        )


def _depth(placed: Placed) -> int:
    return sum(isinstance(step, str) for step in placed.steps)


def paths(steps: Steps, written: Mapping[str, Condition]) -> Iterator[Mistake]:
    """Paths that lead nowhere, also those inside the elements of arrays."""
    for path, condition in written.items():
        yield from check_path(path, (*steps, path), on="key")
        yield from _inner_paths((*steps, path), condition)


def _inner_paths(steps: Steps, condition: Condition) -> Iterator[Mistake]:
    for name, operand in operators_of(condition).items():
        if not isinstance(operand, Elements):
            continue
        if isinstance(operand.rule, dict):
            yield from paths((*steps, name), operand.rule)
        else:
            yield from _inner_paths((*steps, name), operand.rule)
