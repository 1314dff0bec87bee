"""A document to its spec, or to every mistake that the schema finds in it."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import msgspec

from gateway.language.findings import MOST, Findings
from gateway.language.mistake import Mistake, report
from gateway.language.rescue import name_of
from gateway.language.spec import OPERATORS, Condition, Elements, Hook, Operators
from gateway.language.spec.scalars import ParameterPath
from gateway.language.yaml12 import Document, Steps

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]+)\]")


# JSON Schema takes 5.0 for a whole number.
_FRACTION = "Expected `int`, got `float`"


def decode(document: Document, findings: Findings) -> Hook | None:
    """The spec of a sound document; None when there are findings instead.

    msgspec is the quicker judge, and what it accepts the schema accepts (a test holds both to
    it). What it refuses is explained by the schema, which finds every mistake.
    """
    refusal = "it is not a hook"
    if document.sound:
        try:
            return convert(document.value)
        except msgspec.ValidationError as error:
            refusal = str(error)
    if findings.full:
        findings.leave_out()
        return None
    # With them comes jsonschema, a fifth of a second, which sound hooks do without.
    from gateway.language.explain import mistakes

    found = list(islice(mistakes(document.value), MOST + 1))
    if not document.complete:
        found = [mistake for mistake in found if mistake.code != "missing-key"]
    if document.sound and not found:
        found = [_refused(refusal)]
    report(found, document, findings, name_of(document))
    return None


def convert(value: Any) -> Hook:
    """The spec of plain values. Raises msgspec.ValidationError, with a path, at one mistake."""
    return msgspec.convert(value, Hook, dec_hook=_extend)


def _extend(kind: type, value: Any) -> Any:
    if kind is not Elements:
        raise NotImplementedError(kind)
    if not isinstance(value, dict):
        return Elements(value)
    operators = [key for key in value if key in OPERATORS]
    if operators and len(operators) == len(value):
        return Elements(msgspec.convert(value, Operators, dec_hook=_extend))
    if operators or not value:
        raise ValueError("an element is described by operators or by paths, not by both or none")
    return Elements(msgspec.convert(value, dict[ParameterPath, Condition], dec_hook=_extend))


def _refused(message: str) -> Mistake:
    """What only msgspec objects to; its path leads as far as it names keys."""
    from gateway.language.explain import called

    what, _, path = message.partition(" - at `$")
    steps = _steps(path)
    if what == _FRACTION:
        hint = "write it without '.' and exponent"
        return Mistake("invalid-value", steps, f"{called(steps)} must be a whole number", hint)
    message = f"{called(steps)} cannot be read: {what[:1].lower()}{what[1:]}"
    return Mistake("invalid-value", steps, message)


def _steps(path: str) -> Steps:
    steps: list[str | int] = []
    end = 0
    while found := _STEP.match(path, end):
        steps.append(found[1] or int(found[2]))
        end = found.end()
    return tuple(steps)
