"""Parameters that are compared with themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.language.inputs import matched_path
from gateway.language.mistake import Mistake
from gateway.language.operands import FILLED, demands_of
from gateway.language.rules import Asked, asked_in, rules_in
from gateway.language.spec import Hook, Operators
from gateway.language.template import Reference, Template

_NEVER = ("ne", "not_in", "gt", "lt")
"""What a value is not to itself."""


def check(hook: Hook) -> Iterator[Mistake]:
    """Each operand that is the value with which it is compared."""
    for placed in rules_in(hook.match):
        for one in asked_in(placed):
            for name, operand in demands_of(one.condition):
                known = name.removeprefix(FILLED)
                if known != name and _is_itself(one, operand):
                    plain = not isinstance(one.condition, Operators)
                    steps = one.steps if plain else (*one.steps, known)
                    yield _mistake(steps, one.name, (known in _NEVER) == placed.wanted)


def _is_itself(one: Asked, operand: Any) -> bool:
    """Whether the operand is nothing but a reference to the parameter, or lists one."""
    if isinstance(operand, list):
        return any(_is_itself(one, each) for each in operand)
    if not isinstance(operand, Template) or operand.exact is None:
        return False
    first, *others = operand.exact.alternatives
    read = first.operand
    return (
        not (others or first.filters)
        and isinstance(read, Reference)
        and (read.root, read.path) == (one.source, matched_path(one.source, one.name))
    )


def _mistake(steps: tuple[str | int, ...], name: str, never: bool) -> Mistake:
    message = f"'{name}' is compared with itself"
    if never:
        return Mistake("contradiction", steps, f"{message}: no request can match", on="key")
    hint = "compare it with another parameter, or write `exists: true`"
    return Mistake("unreachable", steps, message, hint, on="key")
