"""Templates: whether they can be read, and whether what they read can be there."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from gateway.language.answers import answer_slots
from gateway.language.durable import durable_of
from gateway.language.inputs import (
    WITH_BODY,
    Filling,
    Slot,
    fillings,
    key_slots,
    name_of,
    operands,
    slots,
)
from gateway.language.lint import filled, readable
from gateway.language.lint.paths import other_path
from gateway.language.lint.readable import UNANSWERED, answer_at, before_workflow, of_sender
from gateway.language.lint.route import parameters
from gateway.language.lint.sound import sound_templates
from gateway.language.mistake import Mistake
from gateway.language.proofs import CREDENTIALS, proof_headers
from gateway.language.spec import Hook
from gateway.language.template import ANSWERED, CLAIMS, BadTemplate, Reference
from gateway.language.yaml12 import Steps

MOST = 64
"""Expressions of a hook."""

_Fault = tuple[str, str, str] | None

_SIGNS = frozenset("[/")
"""A path without them is read as it looks."""

_CUT = "text behind ' #' is a comment: write the whole text in double quotes"


def check(hook: Hook) -> Iterator[Mistake]:
    """Templates that cannot be read, and inputs that cannot be there."""
    filled_in = [*operands(hook.match), *slots(hook), *answer_slots(hook), *key_slots(hook)]
    if not filled_in:
        return
    found, demands, bodiless = 0, filled.Demands(hook), WITH_BODY.isdisjoint(hook.methods)
    for slot in filled_in:
        there: list[Filling] = []
        sound = 0 if bodiless else sound_templates(slot, demands.members)
        try:
            there = [] if sound else fillings(slot)
        except BadTemplate as bad:
            yield _bad(hook, slot, bad)
        before, found = found, found + (sound or len(there))
        if found > MOST >= before:
            message = f"a hook has at most {MOST} templates"
            yield Mistake("bad-template", slot.steps, message, "send a part of the data whole")
        for filling in there:
            yield from _inputs(hook, filling, bodiless)
            yield from filled.check(demands, filling)


def _bad(hook: Hook, slot: Slot, bad: BadTemplate) -> Mistake:
    cut = _CUT if bad.unfinished else ""
    inner = bad.start, bad.end
    root, _, name = bad.wanted.partition(".")
    absent = _of_outcome(hook, slot.steps, root, name)
    if absent is None and root == "workflow" and durable_of(hook) is not None:
        absent = before_workflow(bad.wanted)
    code, message, hint = absent or (bad.code, bad.message, readable.hint(hook, slot, bad))
    return Mistake(code, slot.steps, message, hint, inner=inner, if_cut=cut)


def _inputs(hook: Hook, filling: Filling, bodiless: bool) -> Iterator[Mistake]:
    for reference in filling.expression.references:
        if reference.root == "body" and not bodiless and _SIGNS.isdisjoint(reference.span.text):
            continue
        fault = (
            _of_outcome(hook, filling.steps, reference.root, name_of(reference))
            or _fault(hook, reference, filling.position == "operand")
            or _other(reference)
        )
        if fault is None and filling.position not in ("operand", "key"):
            fault = _of_headers(hook, reference)
        if fault is not None:
            code, message, hint = fault
            inner = reference.span.start, reference.span.end
            yield Mistake(code, filling.steps, message, hint, inner=inner)
    yield from _plucked(filling)


def _plucked(filling: Filling) -> Iterator[Mistake]:
    """The paths of `pluck` that are read in another way than they look."""
    calls = [one for chain in filling.expression.alternatives for one in chain.filters]
    for call in calls:
        other = other_path(str(call.arguments[0])) if call.name == "pluck" else None
        if other is not None:
            inner = call.span.start, call.span.end
            yield Mistake("dotted-key", filling.steps, *other, inner=inner)


def _other(reference: Reference) -> _Fault:
    """A path that is read in another way than it looks. What is quoted is meant as it is."""
    root, first = reference.root, reference.path[:1]
    below = root == "body" or (root, *first) in (("workflow", "body"), ("sender", CLAIMS))
    if not below or "'" in reference.span.text:
        return None
    name = name_of(reference)
    other = other_path(name if root == "body" else name.partition(".")[2])
    return None if other is None else ("dotted-key", *other)


def _of_outcome(hook: Hook, steps: Steps, root: str, name: str) -> _Fault:
    """What is read of the workflow's answer before it is there, or where there is none."""
    if root not in ANSWERED:
        return None
    name = f"{root}.{name}" if name else root
    written = answer_at(hook, steps)
    if root == "failure":
        if written is not None and written.kinds is not None:
            return None
        message = f"'{name}' only exists in the answers of 'failures'"
        return "unknown-input", message, "remove it"
    if written is None:
        message = f"'{name}' does not exist before the workflow has answered"
        hint = "a template reads the request: body, query, headers, path, sender"
        return "workflow-not-called", message, hint
    if written.kinds and written.kinds <= UNANSWERED and name != "workflow.duration_ms":
        message = f"'{name}' is never there: the workflow has not answered"
        return "never-there", message, "read the request, or ${failure.reason}"
    return None


def _fault(hook: Hook, reference: Reference, compared: bool) -> _Fault:
    match reference.root:
        case "path":
            return _of_path(hook, reference)
        case "sender":
            return _of_sender(hook, str(reference.path[0]))
        case "body" if not WITH_BODY & set(hook.methods):
            methods, name = " and ".join(hook.methods), name_of(reference)
            message = f"'body.{name}' is never there: {methods} requests have no body"
            return "body-without-body", message, f"read the query: ${{query.{name}}}"
        case "run" if compared:
            message = "'run.id' does not exist before the request matches"
            return "unknown-input", message, "read request.id"
    return None


def _of_headers(hook: Hook, reference: Reference) -> _Fault:
    """A credential that is forwarded; where it would be stored, that is said in its place."""
    known = reference.root == "headers" and _is_credential(hook, str(reference.path[0]))
    if not known or durable_of(hook) is not None:
        return None
    message = f"'{name_of(reference)}' forwards the caller's credentials to the workflow"
    return "credential-header", message, "remove it if possible"


def _is_credential(hook: Hook, header: str) -> bool:
    return header in CREDENTIALS or header in proof_headers(hook)


def _of_path(hook: Hook, reference: Reference) -> _Fault:
    known = parameters(hook)
    if not reference.path or reference.path[0] in known:
        return None
    name = str(reference.path[0])
    message = f"'{name}' is not a parameter of '{hook.route}'"
    close = get_close_matches(name, known, 1)
    if close or len(known) == 1:
        return "unknown-input", message, f"did you mean 'path.{(close or known)[0]}'?"
    if known:
        return "unknown-input", message, f"its parameters are {', '.join(known)}"
    return "unknown-input", message, f"write a path with {{{name}}} in it"


def _of_sender(hook: Hook, name: str) -> _Fault:
    needs = _NEEDS.get(name, "")
    if not needs or name in of_sender(hook):
        return None
    return "unknown-input", f"'sender.{name}' only exists {needs}", "remove it"


_NEEDS = {
    "credential": "if the hook has 'authentication'",
    "username": "with `type: basic`",
    "claims": "with `type: jwt`",
    "id": "with a signature scheme that has an 'id' in a header",
    "timestamp": "with a signature scheme that has a 'timestamp' in a header",
}
