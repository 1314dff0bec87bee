"""The parts of a hook in their long form, and the way to them in what was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import UnsetType

from gateway.language.inputs import WITH_BODY, response_of, workflow_of
from gateway.language.rules import MATCH, Placed, SourceName, asked, operators_of
from gateway.language.spec import (
    Condition,
    Elements,
    Hook,
    JwtAuthentication,
)
from gateway.language.spec.handshakes import ChallengeHandshake, long_forms
from gateway.language.yaml12 import Steps

__all__ = [
    "WITH_BODY",
    "challenges",
    "conditions",
    "operators_of",
    "response_of",
    "whole_rules",
    "workflow_of",
]


class Located(NamedTuple):
    """A condition, the way to it, and the parameter or claim that it is on; `inner` leads from
    there to a condition on the elements of an array.
    """

    steps: Steps
    condition: Condition
    source: SourceName | Literal["claims"]
    name: str
    inner: Steps = ()


def conditions(hook: Hook) -> Iterator[Located]:
    """Every condition of `match`, on claims and of handshakes, also those on elements of arrays."""
    if isinstance(hook.authentication, JwtAuthentication):
        claims = hook.authentication.claims
        for name, condition in ({} if isinstance(claims, UnsetType) else claims).items():
            claim = Located(("authentication", "claims", name), condition, "claims", name)
            yield from _with_elements(claim)
    for steps, rule, _ in whole_rules(hook):
        for one in asked(rule, steps):
            yield from _with_elements(Located(one.steps, one.condition, one.source, one.name))


def challenges(hook: Hook) -> Iterator[tuple[Steps, ChallengeHandshake]]:
    """The challenges that a hook answers, and the way to each."""
    listed = isinstance(hook.handshake, list)
    for index, handshake in enumerate(long_forms(hook.handshake)):
        if isinstance(handshake, ChallengeHandshake):
            yield ("handshake", index) if listed else ("handshake",), handshake


def whole_rules(hook: Hook) -> Iterator[Placed]:
    """The rules that stand in no other rule: `match`, and `where` of each challenge."""
    for steps, challenge in challenges(hook):
        if not isinstance(challenge.where, UnsetType):
            yield Placed((*steps, "where"), challenge.where)
    if not isinstance(hook.match, UnsetType):
        yield Placed(MATCH, hook.match)


def _with_elements(one: Located) -> Iterator[Located]:
    yield one
    for operator, operand in operators_of(one.condition).items():
        if not isinstance(operand, Elements):
            continue
        rules = operand.rule if isinstance(operand.rule, dict) else {None: operand.rule}
        for path, condition in rules.items():
            more = (operator,) if path is None else (operator, path)
            yield from _with_elements(
                one._replace(
                    steps=(*one.steps, *more), condition=condition, inner=(*one.inner, *more)
                )
            )
