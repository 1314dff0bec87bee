"""A request that a hook's rules accept, for people to see and to send."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from gateway.language.normal_form import Alternative, alternatives
from gateway.language.spec import Hook
from gateway.language.spec.match import Condition, Operators
from gateway.language.spec.rules import Match

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
    samples = (_sample(hook, match) for match in _ways(hook.match))
    first = next(samples)
    return first if first.exact else next((one for one in samples if one.exact), first)


def _ways(match: Match | UnsetType) -> Iterator[Match]:
    """The rules without alternatives, one for each way in which they hold."""
    for way in alternatives(match) or [Alternative()]:
        asked: dict[str, Any] = {}
        for (source, _), (operator, operand), name in way.demanded:
            fields = asked.setdefault(source, {}).setdefault(name, {})
            if operator in _FIELDS:
                fields[_FIELDS[operator]] = operand
        yield Match(**{source: _conditions(found) for source, found in asked.items()})


def _conditions(found: dict[str, dict[str, Any]]) -> Any:
    """Where nothing but `not prefix` and the like is asked, any value may do."""
    return {name: Operators(**(fields or {"exists": True})) for name, fields in found.items()}


_FIELDS = dict(zip(Operators.__struct_encode_fields__, Operators.__struct_fields__, strict=True))


def _sample(hook: Hook, match: Match) -> Sample:
    body, content_type, fits = _body(hook, match)
    query = _texts(match.query)
    named = {name: _single(value) for name, value in _texts(match.headers).items()}
    path = {name: name for name in _PARAMETER.findall(hook.route)}
    path |= {name: _single(value) for name, value in _texts(match.path).items()}
    fits &= all(
        completed_texts(one, hook, root)
        for root, one in (("query", query), ("headers", named), ("path", path))
    )
    headers = {name: value for name, value in named.items() if not _CONTROL.search(value)}
    takes_body = [method for method in hook.methods if method in WITH_BODY]
    return Sample(
        method=(takes_body if body is not None and takes_body else hook.methods)[0],
        path=_PARAMETER.sub(lambda found: path[found[1]], hook.route),
        query=query,
        headers=headers,
        body=body,
        content_type=content_type,
        exact=fits and _accepted(hook, query, headers, path, body, content_type),
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
    path: dict[str, str],
    body: bytes | None,
    content_type: str | None,
) -> bool:
    try:
        received = as_read(hook.receive, body, content_type or "") if body else _NO_BODY
        decoded_query = decode_query(urlencode(query, doseq=True).encode())
    except Refusal:
        return False
    sent = gather((name.lower().encode(), value.encode()) for name, value in headers.items())
    mismatch = compile_match(hook.match)(received, decoded_query, sent, path)
    return mismatch is None and all(one and "/" not in one for one in path.values())


def _texts(conditions: dict[str, Condition] | UnsetType) -> dict[str, Any]:
    if isinstance(conditions, UnsetType):
        return {}
    values = {name: sample_value(condition, TEXT) for name, condition in conditions.items()}
    return {name: value for name, value in values.items() if value is not MISSING}


def _single(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
