"""Passwords and the like that a rule, a URL or a body spells out, told by what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

from gateway.language.inputs import url_steps, workflow_of
from gateway.language.lint.parts import Located, conditions
from gateway.language.mistake import Mistake
from gateway.language.plaintext import CODE
from gateway.language.rules import operators_of
from gateway.language.spec import Hook, Operators
from gateway.language.template import BadTemplate, Expression
from gateway.language.template.url import parse_url, value_of
from gateway.language.values import kind_of
from gateway.language.yaml12 import Steps

_NAMED = re.compile(
    r"(?:.*[-_.])?(?:pass(?:word|wd|code|phrase|key)|pwd|secret|token|api[-_]?key|credentials?"
    r"|(?:access|auth|client|private|shared|verification)[-_]?(?:key|secret|token))",
    re.IGNORECASE,
)
_LITERAL = ("eq", "in", "prefix")


def check(hook: Hook) -> Iterator[Mistake]:
    """Each place where a value with the name of a credential is written out."""
    yield from _compared(hook)
    yield from _in_url(hook)
    yield from _in_body(hook)


def _compared(hook: Hook) -> Iterator[Mistake]:
    for one in conditions(hook):
        steps, condition = one.steps, one.condition
        hint = _hint(one)
        if not hint or not _is_named(steps[-1]):
            continue
        written = operators_of(condition) if isinstance(condition, Operators) else {"eq": condition}
        if any(_is_value(written.get(name)) for name in _LITERAL):
            message = f"'{steps[-1]}' is compared with a credential in the file"
            yield Mistake(CODE, steps, message, hint, on="key")


def _hint(one: Located) -> str:
    """What to write instead of a condition on a body, a query or a path; empty for others."""
    if one.source in ("claims", "headers"):
        return ""
    if one.steps[0] == "handshake":
        return "write `type: meta` or `type: strava`, whose `verify_token` is a reference"
    return "write `authentication`, which keeps the secret out of the file"


def _in_url(hook: Hook) -> Iterator[Mistake]:
    try:
        pairs = parse_url(workflow_of(hook).url).pairs
    except BadTemplate:
        return
    for pair in pairs:
        written, value = value_of(pair)
        name = unquote_plus(written)
        if _is_named(name) and value and not any(isinstance(one, Expression) for one in value):
            message = f"the parameter '{name}' of the URL is a credential in the file"
            yield Mistake(CODE, url_steps(hook), message, _FOR_WORKFLOWS)


_FOR_WORKFLOWS = "write `authentication` under `workflow`, and replace the credentials"


def _in_body(hook: Hook) -> Iterator[Mistake]:
    workflow = workflow_of(hook)
    waiting: list[tuple[Steps, Any]] = [
        (("workflow", "query"), workflow.query),
        (("workflow", "body"), workflow.body),
        (("workflow", "data"), workflow.data),
    ]
    while waiting:
        steps, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*steps, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*steps, index), inner) for index, inner in enumerate(value)]
        elif _is_named(steps[-1]) and _is_value(value) and "${" not in str(value):
            message = f"'{steps[-1]}' is a credential in the file"
            yield Mistake(CODE, steps, message, _FOR_WORKFLOWS, on="key")


def _is_named(name: str | int) -> bool:
    return isinstance(name, str) and _NAMED.fullmatch(name.rpartition("/")[2]) is not None


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_is_value, value))
    return kind_of(value) in ("string", "number") and value != ""
