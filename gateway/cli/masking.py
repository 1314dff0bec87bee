"""Sample requests without the credentials that rules compare with: terminals are recorded."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import msgspec

from gateway.cli.curl import Call
from gateway.compile.sample_body import as_read, written
from gateway.language.issued import masked
from gateway.language.lint.plaintext import check
from gateway.language.proofs import CREDENTIALS
from gateway.language.rules import SOURCES
from gateway.language.spec import Hook
from gateway.language.values import parse_path
from gateway.language.yaml12 import Steps

HIDDEN = "***"
NOTE = "replace *** with the credential that a rule of the hook compares with"


def without_credentials(call: Call, hook: Hook) -> Call:
    """The sample of a hook with `***` in the place of values that validation takes for credentials,
    by how they look or what they are called.
    """
    found = [_named(one.steps) for one in check(hook) if one.steps[0] == "match"]
    query = {name for source, name in found if source == "query"}
    body = {parse_path(name)[-1] for source, name in found if source == "body"}
    sent, content_type = _body(hook, call, body)
    return msgspec.structs.replace(
        call,
        query=tuple((name, _hidden(value, query, name)) for name, value in call.query),
        headers=tuple(
            (name, _hidden(value, CREDENTIALS, name.lower())) for name, value in call.headers
        ),
        body=sent,
        content_type=content_type,
    )


def _named(steps: Steps) -> tuple[str, str]:
    """The part of the request that a condition is on, and what its value is called there."""
    return next(str(step) for step in steps if step in SOURCES), str(steps[-1])


def _body(hook: Hook, call: Call, names: Container[object]) -> tuple[bytes | None, str]:
    """The body of a sample and its type; its bytes stay as they are where nothing is hidden."""
    if not call.body:
        return call.body, call.content_type
    value = as_read(hook.receive, call.body, call.content_type).value
    hidden = _hidden(value, names)
    return (call.body, call.content_type) if hidden == value else written(hook.receive, hidden)


def _hidden(value: Any, names: Container[object], name: object = None) -> Any:
    """What is shown of a value called `name`: nothing below one of `names`. Recursive, as rules are
    not nested deeper than the reader allows.
    """
    if isinstance(value, dict):
        return {key: _hidden(inner, names, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_hidden(inner, names, name) for inner in value]
    if name in names:
        return HIDDEN
    return masked(value) if isinstance(value, str) else value
