"""Sample requests without the credentials that rules compare with: terminals are recorded."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import msgspec

from gateway.cli.curl import Call
from gateway.compile import strict_json
from gateway.language.issued import masked
from gateway.language.lint.headers import CREDENTIALS
from gateway.language.lint.plaintext import check
from gateway.language.literals import encode_json
from gateway.language.spec import Hook
from gateway.language.values import parse_path

HIDDEN = "***"
NOTE = "replace *** with the credential that a rule of the hook compares with"


def without_credentials(call: Call, hook: Hook) -> Call:
    """The sample of a hook with `***` in the place of values that validation takes for credentials,
    by how they look or what they are called.
    """
    found = [one.steps for one in check(hook) if one.steps[0] == "match"]
    query = {name for _, part, name in found if part == "query"}
    body = {parse_path(str(name))[-1] for _, part, name in found if part == "body"}
    return msgspec.structs.replace(
        call,
        query=tuple((name, _hidden(value, query, name)) for name, value in call.query),
        headers=tuple(
            (name, _hidden(value, CREDENTIALS, name.lower())) for name, value in call.headers
        ),
        body=call.body and _body(call.body, body),
    )


def _body(body: bytes, names: Container[object]) -> bytes:
    """The JSON of a sample; its bytes stay as they are where nothing is hidden."""
    value = strict_json.decode(body)
    hidden = _hidden(value, names)
    return body if hidden == value else encode_json(hidden)


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
