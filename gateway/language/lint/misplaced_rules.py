"""Lists of mappings that were meant as alternatives, and stand where a value does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.language.lint.parts import conditions
from gateway.language.mistake import Mistake
from gateway.language.rules import operators_of
from gateway.language.spec import Elements, Hook

_HINT = "for alternatives, write '{}' directly below '{}'; for this value, write {{eq: …}}"


def check(hook: Hook) -> Iterator[Mistake]:
    """`any` and `all` of rules that stand below a parameter, or below the body."""
    for one in conditions(hook):
        if one.source == "claims":
            continue
        if one.name in ("any", "all") and not one.inner and _is_rules(one.condition):
            message = f"'{one.name}' is the name of a parameter here"
            yield _mistake(one.steps, message)
        for name, operand in operators_of(one.condition).items():
            if isinstance(operand, Elements) and _is_rules(operand.rule):
                message = f"'{name}' is about the elements of an array here"
                yield _mistake((*one.steps, name), message)


def _mistake(steps: tuple[str | int, ...], message: str) -> Mistake:
    below = "match" if steps[0] == "match" else "where"
    return Mistake("wrong-type", steps, message, _HINT.format(steps[-1], below), on="key")


def _is_rules(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
