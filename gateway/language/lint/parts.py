"""The parts of a hook in their long form, and the way to them in what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.language.inputs import WITH_BODY, workflow_of
from gateway.language.spec import (
    Condition,
    Elements,
    Hook,
    JwtAuthentication,
    Operators,
    Response,
)
from gateway.language.spec.handshakes import ChallengeHandshake, ChallengeWhere, long_forms
from gateway.language.yaml12 import Steps

__all__ = ["WITH_BODY", "conditions", "operators_of", "response_of", "workflow_of"]


def response_of(hook: Hook) -> Response:
    """The answer, whichever form was written."""
    return Response(type=hook.response) if isinstance(hook.response, str) else hook.response


def conditions(hook: Hook) -> Iterator[tuple[Steps, Condition]]:
    """Every condition of `match`, on claims and of handshakes, also those on elements of arrays."""
    if isinstance(hook.authentication, JwtAuthentication):
        yield from _below(("authentication", "claims"), hook.authentication.claims)
    for steps, where in _where(hook):
        for source in ("body", "query", "headers"):
            yield from _below((*steps, source), getattr(where, source))
    if isinstance(hook.match, UnsetType):
        return
    for source in ("body", "query", "headers"):
        yield from _below(("match", source), getattr(hook.match, source))


def _where(hook: Hook) -> Iterator[tuple[Steps, ChallengeWhere]]:
    listed = isinstance(hook.handshake, list)
    for index, handshake in enumerate(long_forms(hook.handshake)):
        if isinstance(handshake, ChallengeHandshake) and not isinstance(handshake.where, UnsetType):
            yield (
                ("handshake", index, "where") if listed else ("handshake", "where"),
                handshake.where,
            )


def operators_of(condition: Condition) -> dict[str, Any]:
    """The operators that were written, by their written names; plain equality has none."""
    if not isinstance(condition, Operators):
        return {}
    names = zip(condition.__struct_fields__, condition.__struct_encode_fields__, strict=True)
    return {
        name: operand
        for field, name in names
        if (operand := getattr(condition, field)) is not UNSET
    }


def _below(
    steps: Steps, written: Mapping[str, Condition] | UnsetType
) -> Iterator[tuple[Steps, Condition]]:
    if isinstance(written, UnsetType):
        return
    for key, condition in written.items():
        yield from _with_elements((*steps, key), condition)


def _with_elements(steps: Steps, condition: Condition) -> Iterator[tuple[Steps, Condition]]:
    yield steps, condition
    for name, operand in operators_of(condition).items():
        if isinstance(operand, Elements):
            if isinstance(operand.rule, dict):
                yield from _below((*steps, name), operand.rule)
            else:
                yield from _with_elements((*steps, name), operand.rule)
