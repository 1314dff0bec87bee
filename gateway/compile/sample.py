"""A request that a hook's rules accept, for people to see and to send."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET, UnsetType

from gateway.compile.body import Received, decode_query
from gateway.compile.comparisons import TEXT
from gateway.compile.exchange import Fields
from gateway.compile.forms import encode_form, gather
from gateway.compile.matcher import compile_match
from gateway.compile.paths import MISSING
from gateway.compile.payload import FORM
from gateway.compile.sample_body import as_read, written
from gateway.compile.sample_needs import completed, completed_texts, filled_of
from gateway.compile.sample_operands import expressions, inputs_of, with_values
from gateway.compile.sample_values import document, sample_value
from gateway.errors import Refusal
from gateway.language.inputs import WITH_BODY, Filling
from gateway.language.normal_form import Alternative, alternatives
from gateway.language.signed import sender_of
from gateway.language.spec import Hook, SignatureAuthentication
from gateway.language.spec.match import Condition, Operators
from gateway.language.spec.rules import Match
from gateway.language.template.values import escaped

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
"""What no header can hold (RFC 9110 §5.5): a line's end would begin another header."""
_NO_BODY = Received("none", {})


class Sample(msgspec.Struct, frozen=True):
    """A request: its path with parameters filled in, its query and headers by name. `parameters`
    are those of the path.

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
    parameters: dict[str, str] = {}


def sample_request(hook: Hook) -> Sample:
    """A request that starts the hook's workflow, as plain as its rules allow."""
    samples = (_along(hook, way) for way in alternatives(hook.match) or [Alternative()])
    first = next(samples)
    return first if first.exact else next((one for one in samples if one.exact), first)


def _along(hook: Hook, way: Alternative) -> Sample:
    """A request for which the rules hold in one of the ways. Where operands are filled in, one
    that they read comes first, and says with what the parameters are compared.
    """
    filled = [*filled_of(hook), *expressions(way)]
    first = _sample(hook, _match(way), filled)
    sent = _sent(hook, first) if expressions(way) else None
    if sent is None:
        return first
    return _sample(hook, _match(with_values(way, inputs_of(hook, *sent))), filled)


def _match(way: Alternative) -> Match:
    """The demands as rules without alternatives."""
    asked: dict[str, Any] = {}
    for (source, _), (operator, operand), name in way.demanded:
        fields = asked.setdefault(source, {}).setdefault(name, {})
        if operator in _FIELDS:
            fields[_FIELDS[operator]] = escaped(operand)
    return Match(**{source: _conditions(found) for source, found in asked.items()})


def _conditions(found: dict[str, dict[str, Any]]) -> Any:
    """Where nothing but `not prefix` and the like is asked, any value may do."""
    return {name: Operators(**(fields or {"exists": True})) for name, fields in found.items()}


_FIELDS = dict(zip(Operators.__struct_encode_fields__, Operators.__struct_fields__, strict=True))


def _sample(hook: Hook, match: Match, filled: Sequence[Filling]) -> Sample:
    body, content_type, fits = _body(hook, match, filled)
    query = _texts(match.query)
    named = {name: _single(value) for name, value in _texts(match.headers).items()}
    path = {name: name for name in _PARAMETER.findall(hook.route)}
    path |= {name: _single(value) for name, value in _texts(match.path).items()}
    fits &= all(
        completed_texts(one, filled, root)
        for root, one in (("query", query), ("headers", named), ("path", path))
    )
    headers = {name: value for name, value in named.items() if not _CONTROL.search(value)}
    takes_body = [method for method in hook.methods if method in WITH_BODY]
    sample = Sample(
        method=(takes_body if body is not None and takes_body else hook.methods)[0],
        path=_PARAMETER.sub(lambda found: path[found[1]], hook.route),
        query=query,
        headers=headers,
        body=body,
        content_type=content_type,
        exact=False,
        parameters=path,
    )
    return msgspec.structs.replace(sample, exact=fits and _accepted(hook, sample))


def _body(
    hook: Hook, match: Match, filled: Sequence[Filling]
) -> tuple[bytes | None, str | None, bool]:
    """A body as the sender writes it, where there is anything to say of it, its type, and whether
    templates can use it.
    """
    begun = None if match.body is UNSET else document(match.body)
    value, fits = completed(begun, filled, "body")
    if value is None and (hook.receive is UNSET or not WITH_BODY & set(hook.methods)):
        return None, None, fits
    value = {} if value is None else value
    if hook.receive is UNSET and _is_form(hook, value):
        return encode_form(value), FORM, fits
    return *written(hook.receive, value), fits


def _is_form(hook: Hook, value: Any) -> bool:
    """Whether a body is of those that the sender writes as forms, such as Slack's commands."""
    signed = hook.authentication
    if not isinstance(signed, SignatureAuthentication) or hook.handshake is not UNSET:
        return False
    flat = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    return flat and sender_of(signed.scheme).forms


_Sent = tuple[Received, Mapping[str, Any], Fields, dict[str, str]]


def _sent(hook: Hook, sample: Sample) -> _Sent | None:
    """The body, the query, the headers and the path as a hook sees them; None for a body that it
    refuses to read.
    """
    body, content_type = sample.body, sample.content_type or ""
    try:
        received = as_read(hook.receive, body, content_type) if body else _NO_BODY
        query = decode_query(urlencode(sample.query, doseq=True).encode())
    except Refusal:
        return None
    headers = sample.headers.items()
    fields = gather((name.lower().encode(), value.encode()) for name, value in headers)
    return received, query, fields, sample.parameters


def _accepted(hook: Hook, sample: Sample) -> bool:
    sent = _sent(hook, sample)
    if sent is None:
        return False
    mismatch = compile_match(hook.match)(*sent, inputs_of(hook, *sent))
    return mismatch is None and all(one and "/" not in one for one in sample.parameters.values())


def _texts(conditions: dict[str, Condition] | UnsetType) -> dict[str, Any]:
    if isinstance(conditions, UnsetType):
        return {}
    values = {name: sample_value(condition, TEXT) for name, condition in conditions.items()}
    return {name: value for name, value in values.items() if value is not MISSING}


def _single(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
