"""What a signed hook reads although its sender does not sign it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from msgspec import UNSET

from gateway.language.challenges import reference_of
from gateway.language.inputs import (
    DEDUPLICATE_BY,
    WITH_BODY,
    Read,
    matched_path,
    operands,
    reads,
    templated,
)
from gateway.language.lint.parts import challenges
from gateway.language.lint.route import parameters
from gateway.language.mistake import Mistake
from gateway.language.normal_form import Alternative, alternatives
from gateway.language.operands import FILLED, Demand, templates_of
from gateway.language.rules import asked
from gateway.language.signed import Coverage, coverage, sender_of
from gateway.language.spec import Hook, Match, SignatureAuthentication
from gateway.language.template import Expression
from gateway.language.yaml12 import Steps

_HELD_BY_NOTHING = ("ne", "not_in", "none", "exists")
"""Operators that a value which is not there may satisfy."""


class Input(NamedTuple):
    """What a hook takes that the signature does not cover: where, its name, and what to do.

    The name of a header is the same in any case.
    """

    steps: Steps
    name: str
    hint: str
    on: Literal["key", "value"] = "key"
    header: bool = False
    inner: tuple[int, int] | None = None


def check(hook: Hook) -> Iterator[Mistake]:
    """Input that anyone could have written, and trust that is not needed."""
    if not isinstance(hook.authentication, SignatureAuthentication):
        return
    covered = coverage(sender_of(hook.authentication.scheme).scheme)
    written = hook.authentication.trust_unsigned
    trusted = [] if written is UNSET else written
    inputs = [*_inputs(hook, covered)]
    for one in inputs:
        if not any(_means(entry, one) for entry in trusted):
            what = f"anyone who sees a request can resend it with another '{one.name}'"
            hint = f"{one.hint}, or accept it: `trust_unsigned: [{one.name}]`"
            what += ": it is not signed"
            yield Mistake(_code(one), one.steps, what, hint, one.on, one.inner)
    for index, entry in enumerate(trusted):
        if not any(_means(entry, one) for one in inputs):
            signed = entry.lower() in covered.headers
            message = f"'{entry}' is signed" if signed else f"no rule reads '{entry}'"
            place = ("authentication", "trust_unsigned", index)
            yield Mistake("needless-trust", place, message, "remove it")
    if not covered.query:
        yield from _without_body(hook)


def _inputs(hook: Hook, covered: Coverage) -> Iterator[Input]:
    """The reads of rules come first, as they stand first in a file."""
    found = [one for one in reads(hook) if _is_unsigned(one, covered)]
    for one in found:
        if one.by == "rule":
            yield Input(one.steps, one.name, _MATCH, header=one.root == "headers")
    if hook.match is not UNSET:
        yield from _typed(hook, hook.match)
    yield from _challenged(hook, covered)
    if not covered.body:
        hint = "keep `tolerance` short"
        yield Input(("authentication", "scheme"), "body", hint, "value")
    if not covered.path and isinstance(hook.path, str):
        for name in parameters(hook):
            yield Input(("path",), name, "use a value of the body instead", "value")
    for one in found:
        if one.by != "rule":
            hint = _hint(one)
            header = one.root == "headers"
            yield Input(one.steps, _called(one), hint, "value", header, one.inner)


def _code(one: Input) -> str:
    return "unsigned-deduplication" if one.steps == DEDUPLICATE_BY else "unsigned-input"


def _hint(one: Read) -> str:
    if one.steps == DEDUPLICATE_BY:
        return "write `by: {digest: body}`"
    return _FORWARD if one.by == "forwarding" else _READ


def _is_unsigned(one: Read, covered: Coverage) -> bool:
    if one.root == "headers":
        return one.path[0] not in covered.headers
    return one.root == "query" and not covered.query


def _called(one: Read) -> str:
    return one.name if one.path else f"{one.root}.{one.name}"


def _typed(hook: Hook, match: Match) -> Iterator[Input]:
    """Rules that would hold for a body that is read as another type, if its type decides that."""
    if hook.receive is not UNSET and hook.receive.as_ is not UNSET:
        return
    named = any(one.name.lower() == "content-type" for one in asked(match))
    if not named and _holds_for_another_type(match):
        hint = "add a rule on a value that must exist; a body of another type does not have it"
        steps = ("match",) if match.body is UNSET else ("match", "body")
        yield Input(steps, "Content-Type", hint, header=True)


def _challenged(hook: Hook, covered: Coverage) -> Iterator[Input]:
    """Challenges that a signature is to protect, and what tells them from events, as far as they
    stand where it does not reach.
    """
    for steps, challenge in challenges(hook):
        if not challenge.proven:
            continue
        source, name = reference_of(challenge.challenge)
        signed = {"query": covered.query, "headers": name.lower() in covered.headers}
        if not signed.get(source, covered.body):
            yield Input((*steps, "challenge"), name, "take it from the body", "value")
        for one in asked(challenge.where, (*steps, "where")):
            read = Read(one.source, matched_path(one.source, one.name), one.name, one.steps, "rule")
            if _is_unsigned(read, covered):
                yield Input(one.steps, one.name, _MATCH, header=one.source == "headers")


_MATCH = "match the body instead"
_READ = "read the body instead"
_FORWARD = "remove it: the workflow cannot rely on it"


def _holds_for_another_type(match: Match) -> bool:
    """Whether the rules read the body, and can all hold for one that is read as another type, and
    has no values. An operand with a default has one then too.
    """
    read = any(one.root == "body" for slot in operands(match) for one in templated(slot))
    if not (read or match.reads_body):
        return False
    ways = alternatives(match)
    return ways is None or any(map(_held_by_nothing, ways))


def _held_by_nothing(one: Alternative) -> bool:
    reads = False
    for (source, _), demand, _ in one.demanded:
        filled = [each for template in templates_of(demand) for each in template.expressions]
        if any(each.required is not None and each.required.root == "body" for each in filled):
            return False
        if source == "body" and not _holds_for_nothing(demand):
            return False
        reads = reads or source == "body" or any(map(_reads_body, filled))
    return reads


def _holds_for_nothing(demand: Demand) -> bool:
    return demand[0].removeprefix(FILLED) in _HELD_BY_NOTHING and demand != ("exists", True)


def _reads_body(expression: Expression) -> bool:
    return any(one.root == "body" for one in expression.references)


def _means(entry: str, one: Input) -> bool:
    """Whether an entry of `trust_unsigned` names this header, in any case, or parameter."""
    if entry == one.name:
        return True
    return one.header and entry.lower() == one.name.lower()


def _without_body(hook: Hook) -> Iterator[Mistake]:
    methods = " and ".join(method for method in hook.methods if method not in WITH_BODY)
    if methods:
        message = f"the data of {methods} is in the query, which the sender does not sign"
        hint = "write the method that the sender uses, most often `method: POST`"
        yield Mistake("unsigned-input", ("authentication",), message, hint, on="key")
