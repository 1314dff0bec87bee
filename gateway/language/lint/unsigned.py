"""What a signed hook reads although its sender does not sign it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import UNSET

from gateway.language.challenges import reference_of
from gateway.language.lint.parts import WITH_BODY, operators_of, workflow_of
from gateway.language.mistake import Mistake
from gateway.language.signed import Coverage, coverage, sender_of
from gateway.language.spec import Condition, Hook, Match, SignatureAuthentication
from gateway.language.spec.handshakes import ChallengeHandshake, long_forms
from gateway.language.yaml12 import Steps

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_HELD_BY_NOTHING = ("ne", "not_in", "none", "exists")
"""Operators that a value which is not there may satisfy."""


class Input(NamedTuple):
    """What a hook takes that the signature does not cover: where, its name, and what to do."""

    steps: Steps
    name: str
    hint: str
    on: Literal["key", "value"] = "key"


def check(hook: Hook) -> Iterator[Mistake]:
    """Input that anyone could have written, and trust that is not needed."""
    if not isinstance(hook.authentication, SignatureAuthentication):
        return
    covered = coverage(sender_of(hook.authentication).scheme)
    written = hook.authentication.trust_unsigned
    trusted = [] if written is UNSET else written
    inputs = [*_inputs(hook, covered)]
    for one in inputs:
        if not any(_means(entry, one) for entry in trusted):
            what = f"anyone who sees a request can resend it with another '{one.name}'"
            hint = f"{one.hint}, or accept it: `trust_unsigned: [{one.name}]`"
            yield Mistake("unsigned-input", one.steps, f"{what}: it is not signed", hint, one.on)
    for index, entry in enumerate(trusted):
        if not any(_means(entry, one) for one in inputs):
            signed = entry.lower() in covered.headers
            message = f"'{entry}' is signed" if signed else f"no rule reads '{entry}'"
            place = ("authentication", "trust_unsigned", index)
            yield Mistake("needless-trust", place, message, "remove it")
    if not covered.query:
        yield from _without_body(hook)


def _inputs(hook: Hook, covered: Coverage) -> Iterator[Input]:
    if hook.match is not UNSET:
        yield from _matched(hook.match, covered)
        yield from _typed(hook, hook.match)
    yield from _challenged(hook, covered)
    if not covered.body:
        hint = "keep `tolerance` short"
        yield Input(("authentication", "scheme"), "body", hint, "value")
    if not covered.path and isinstance(hook.path, str):
        for name in _PARAMETER.findall(hook.path):
            yield Input(("path",), name, "use a value of the body instead", "value")
    for index, name in enumerate(workflow_of(hook).forward_headers):
        if name.lower() not in covered.headers:
            steps = ("workflow", "forward_headers", index)
            yield Input(steps, name, "remove it: the workflow cannot rely on it", "value")


def _matched(match: Match, covered: Coverage) -> Iterator[Input]:
    """The rules that read what the signature does not cover."""
    names = () if match.headers is UNSET else tuple(match.headers)
    for name in names:
        if name.lower() not in covered.headers:
            yield Input(("match", "headers", name), name, _MATCH)
    for name in () if match.query is UNSET or covered.query else match.query:
        yield Input(("match", "query", name), name, _MATCH)


def _typed(hook: Hook, match: Match) -> Iterator[Input]:
    """Rules that would hold for a body that is read as another type, if its type decides that."""
    if hook.receive is not UNSET and hook.receive.as_ is not UNSET:
        return
    ruled = {name.lower() for name in (() if match.headers is UNSET else match.headers)}
    if "content-type" not in ruled and match.body is not UNSET and _held_by_nothing(match.body):
        hint = "add a rule on a value that must exist; a body of another type does not have it"
        yield Input(("match", "body"), "Content-Type", hint)


def _challenged(hook: Hook, covered: Coverage) -> Iterator[Input]:
    """Challenges that a signature is to protect, and that stand where it does not reach."""
    listed = isinstance(hook.handshake, list)
    for index, handshake in enumerate(long_forms(hook.handshake)):
        if not isinstance(handshake, ChallengeHandshake) or not handshake.proven:
            continue
        source, name = reference_of(handshake.challenge)
        signed = {"query": covered.query, "headers": name.lower() in covered.headers}
        if not signed.get(source, covered.body):
            steps = ("handshake", index) if listed else ("handshake",)
            yield Input((*steps, "challenge"), name, "take it from the body", "value")


_MATCH = "match the body instead"


def _held_by_nothing(conditions: dict[str, Condition]) -> bool:
    """Whether all conditions hold for a body that is read as another type, and has no values."""
    written = [operators_of(condition) for condition in conditions.values()]
    return all(written) and all(
        name in _HELD_BY_NOTHING and operand is not True
        for operators in written
        for name, operand in operators.items()
    )


def _means(entry: str, one: Input) -> bool:
    """Whether an entry of `trust_unsigned` names this header, in any case, or parameter."""
    if entry == one.name:
        return True
    header = one.steps[1:2] in (("headers",), ("forward_headers",), ("body",))
    return header and entry.lower() == one.name.lower()


def _without_body(hook: Hook) -> Iterator[Mistake]:
    methods = " and ".join(method for method in hook.methods if method not in WITH_BODY)
    if methods:
        message = f"the data of {methods} is in the query, which the sender does not sign"
        hint = "write the method that the sender uses, most often `method: POST`"
        yield Mistake("unsigned-input", ("authentication",), message, hint, on="key")
