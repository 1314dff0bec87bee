"""The parts of a hook in their long form, and the way to them in what was written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import UnsetType

from gateway.language.inputs import WITH_BODY, response_of, workflow_of
from gateway.language.rules import SourceName, asked, operators_of
from gateway.language.spec import (
    Condition,
    Elements,
    Hook,
    JwtAuthentication,
)
from gateway.language.spec.handshakes import ChallengeHandshake, ChallengeWhere, long_forms
from gateway.language.yaml12 import Steps

WHERE: tuple[SourceName, ...] = ("body", "query", "headers")
"""What the conditions of a challenge are on."""

__all__ = ["WITH_BODY", "conditions", "operators_of", "response_of", "workflow_of"]


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
    for steps, where in _where(hook):
        for source in WHERE:
            for name, condition in (getattr(where, source) or {}).items():
                there = Located((*steps, source, name), condition, source, name)
                yield from _with_elements(there)
    for one in asked(hook.match):
        yield from _with_elements(Located(one.steps, one.condition, one.source, one.name))


def _where(hook: Hook) -> Iterator[tuple[Steps, ChallengeWhere]]:
    listed = isinstance(hook.handshake, list)
    for index, handshake in enumerate(long_forms(hook.handshake)):
        if isinstance(handshake, ChallengeHandshake) and not isinstance(handshake.where, UnsetType):
            yield (
                ("handshake", index, "where") if listed else ("handshake", "where"),
                handshake.where,
            )


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
