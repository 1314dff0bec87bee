"""Templates in keys, and in places that are not filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from gateway.language.answers import answers_of
from gateway.language.inputs import DEDUPLICATE_BY, ORDER_BY, response_of, workflow_of
from gateway.language.lint.parts import conditions, operators_of
from gateway.language.mistake import Mistake
from gateway.language.operands import FILLABLE, texts_of
from gateway.language.spec import Hook
from gateway.language.template import ROOTS, BadTemplate, Template, is_template, parse
from gateway.language.yaml12 import Steps

_LIKELY = re.compile(r"\$\{\s*(?:" + "|".join([*ROOTS, "workflow"]) + r")\.")
"""What is hardly meant as it stands. `${` alone may be a part of a pattern."""

_PLACES = (
    "write the value; templates can be in 'url', 'headers', 'query', 'body' and 'data' of "
    "'workflow', in 'headers' and 'body' of answers, and in values of 'match'"
)
_OF_ELEMENTS = ("any", "all", "none")


def check(hook: Hook) -> Iterator[Mistake]:
    """Keys that would be sent as they stand, values that would be compared as they stand."""
    workflow = workflow_of(hook)
    data = None if workflow.data is UNSET else workflow.data
    written = {"query": workflow.query, "body": workflow.body, "data": data}
    for name, value in written.items():
        for steps in _keys(("workflow", name), value):
            yield in_key(steps)
    yield from _compared(hook)
    for index, path in enumerate(response_of(hook).select or ()):
        if is_template(path):
            yield not_here(("response", "select", index))
    for steps, answer, _ in answers_of(hook):
        for key in _keys((*steps, "body"), answer.body):
            yield in_key(key)


def _compared(hook: Hook) -> Iterator[Mistake]:
    """Operands that are not filled in: no caller chooses a pattern, and outside `match` a request
    is not read yet.
    """
    for one in conditions(hook):
        for name, operand in operators_of(one.condition).items():
            if name not in FILLABLE and _LIKELY.search(str(operand)) and name not in _OF_ELEMENTS:
                yield not_here((*one.steps, name))
        if one.steps[0] != "match" and not one.inner:
            for steps, text in texts_of(one.steps, one.condition):
                if _is_filled(text):
                    yield not_here(steps)


def _is_filled(text: str) -> bool:
    try:
        return isinstance(parse(text), Template)
    except BadTemplate:
        return True


def in_key(steps: Steps, inner: tuple[int, int] | None = None) -> Mistake:
    """A template in a name."""
    message = "a template cannot be a key: '${' would be sent unchanged"
    on: Any = "key" if inner is None else "value"
    return Mistake("template-in-key", steps, message, "write a fixed name", on, inner)


def not_here(steps: Steps) -> Mistake:
    """A template where nothing is filled in."""
    name = next(step for step in reversed(steps) if isinstance(step, str))
    message = f"'{name}' cannot contain a template"
    hint = _PLACES
    if steps in (DEDUPLICATE_BY[:-1], ORDER_BY[:-1]):
        hint = "write it as 'by', one level deeper"
    return Mistake("template-not-here", steps, message, hint)


def _keys(steps: Steps, value: Any) -> Iterator[Steps]:
    if isinstance(value, dict):
        for key, one in value.items():
            if "${" in key:
                yield (*steps, key)
            yield from _keys((*steps, key), one)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _keys((*steps, index), one)
