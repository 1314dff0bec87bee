"""A request that a hook's rules accept, for people to see and to send."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET, UnsetType

from gateway.compile.body import Received, decode_query
from gateway.compile.comparisons import TEXT
from gateway.compile.forms import gather
from gateway.compile.matcher import compile_match
from gateway.compile.paths import MISSING
from gateway.compile.sample_body import as_read, written
from gateway.compile.sample_needs import completed, completed_texts
from gateway.compile.sample_values import document, sample_value
from gateway.errors import Refusal
from gateway.language.inputs import WITH_BODY
from gateway.language.spec import Hook
from gateway.language.spec.match import Condition, Match

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no header can hold (RFC 9110 §5.5): a line's end would begin another header."""
_NO_BODY = Received("none", {})


class Sample(msgspec.Struct, frozen=True):
    """A request: its path with parameters filled in, its query and headers by name.

    `exact` tells whether the hook accepts it; rules that contradict each other or ask for what
    cannot be guessed make it false, and so do templates that cannot use what rules ask for.
    """

    method: str
    path: str
    query: dict[str, str | list[str]]
    headers: dict[str, str]
    body: bytes | None
    content_type: str | None
    exact: bool


def sample_request(hook: Hook) -> Sample:
    """A request that starts the hook's workflow, as plain as its rules allow."""
    match = Match() if isinstance(hook.match, UnsetType) else hook.match
    body, content_type, fits = _body(hook, match)
    query = _texts(match.query)
    named = {name: _single(value) for name, value in _texts(match.headers).items()}
    parameters = {name: name for name in _PARAMETER.findall(hook.route)}
    fits &= all(
        completed_texts(one, hook, root)
        for root, one in (("query", query), ("headers", named), ("path", parameters))
    )
    headers = {name: value for name, value in named.items() if not _CONTROL.search(value)}
    takes_body = [method for method in hook.methods if method in WITH_BODY]
    return Sample(
        method=(takes_body if body is not None and takes_body else hook.methods)[0],
        path=_PARAMETER.sub(lambda found: parameters[found[1]], hook.route),
        query=query,
        headers=headers,
        body=body,
        content_type=content_type,
        exact=fits and _accepted(hook, query, headers, body, content_type),
    )


def _body(hook: Hook, match: Match) -> tuple[bytes | None, str | None, bool]:
    """A body as the sender writes it, where there is anything to say of it, its type, and whether
    templates can use it.
    """
    value, fits = completed(None if match.body is UNSET else document(match.body), hook, "body")
    if value is None and (hook.receive is UNSET or not WITH_BODY & set(hook.methods)):
        return None, None, fits
    return *written(hook.receive, {} if value is None else value), fits


def _accepted(
    hook: Hook,
    query: dict[str, str | list[str]],
    headers: dict[str, str],
    body: bytes | None,
    content_type: str | None,
) -> bool:
    try:
        received = as_read(hook.receive, body, content_type or "") if body else _NO_BODY
        decoded_query = decode_query(urlencode(query, doseq=True).encode())
    except Refusal:
        return False
    sent = gather((name.lower().encode(), value.encode()) for name, value in headers.items())
    return compile_match(hook.match)(received, decoded_query, sent) is None


def _texts(conditions: dict[str, Condition] | UnsetType) -> dict[str, Any]:
    if isinstance(conditions, UnsetType):
        return {}
    values = {name: sample_value(condition, TEXT) for name, condition in conditions.items()}
    return {name: value for name, value in values.items() if value is not MISSING}


def _single(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
