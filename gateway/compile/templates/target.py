"""The target of an invocation, path and query, where templates fill in parts of the URL.

Values are encoded by their position after they are filled in, so that none can begin another
segment, another parameter or another URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from gateway.compile.paths import MISSING
from gateway.compile.templates.blame import Blame, Spot, Where
from gateway.compile.templates.expressions import compile_expression, compile_parameter, text
from gateway.compile.templates.inputs import Find, Inputs
from gateway.language.literals import text_of
from gateway.language.spec import Workflow
from gateway.language.template import Expression, Template, parse
from gateway.language.template.url import Parts, UrlTemplate, parse_location, parse_url, value_of
from gateway.wire.client.endpoint import encoded_path, encoded_query

SAFE = "!$'()*,/:?@"
"""What stands for itself in a query besides letters (RFC 3986 §3.4), but `&`, `+`, `;` and `=`."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SEPARATORS = re.compile(r"[/\\;]")

_NOWHERE = frozenset((".", ".."))

Target = Callable[[Inputs], str]
Pairs = Callable[[Inputs], str]
"""Pairs of a query with `&` between them, or nothing."""


def compile_target(workflow: Workflow, where: Where) -> Target | None:
    """What makes the target of a request; None where it is the same for all."""
    if not is_filled(workflow):
        return None
    here = where(("workflow", "url"))
    return _target(parse_url(workflow.url), here, _added(workflow, where))


def is_filled(workflow: Workflow) -> bool:
    """Whether each request has a target of its own."""
    texts = [workflow.url, *(one for one in workflow.query.values() if isinstance(one, str))]
    return any(isinstance(parse(one), Template) for one in texts)


def compile_location(text: str, where: Spot | str) -> Find:
    """What makes the URL in an answer, always below its written origin and the beginning of its
    path.
    """
    url = parse_location(text)
    target = _target(url, where, ())
    return lambda inputs: url.origin + target(inputs)


def _target(url: UrlTemplate, here: Spot | str, added: Iterable[str | Pairs]) -> Target:
    prefix = _prefix(url.path)
    path = _joined([_segment(segment, here) for segment in url.segments], "/")
    pairs = [*(_pair(pair, here) for pair in url.pairs), *added]

    def target(inputs: Inputs) -> str:
        made = "".join([one if isinstance(one, str) else one(inputs) for one in path]) or "/"
        if not made.startswith(prefix):
            raise AssertionError("a template has changed the part of the path before it")
        query = "&".join(_made(pairs, inputs))
        return f"{made}?{query}" if query else made

    return target


def _prefix(path: Parts) -> str:
    first = path[0] if path and isinstance(path[0], str) else ""
    return encoded_path(first) or "/"


def _joined(pieces: Iterable[str | Target], sign: str) -> tuple[str | Target, ...]:
    """Pieces with a sign between them, what is fixed as one text."""
    joined: list[str | Target] = []
    for index, piece in enumerate(pieces):
        for one in (sign if index else "", piece):
            if isinstance(one, str) and joined and isinstance(joined[-1], str):
                joined[-1] += one
            else:
                joined.append(one)
    return tuple(joined)


def _segment(parts: Parts, where: Spot | str) -> str | Target:
    """A segment of the path."""
    expressions = [part for part in parts if isinstance(part, Expression)]
    if not expressions:
        return "".join(encoded_path(str(part)) for part in parts)
    pieces = tuple(
        (encoded_path(part), unquote(part)) if isinstance(part, str) else _value(part, where)
        for part in parts
    )
    blamed = Blame(expressions[0].alternatives[0].operand, where)

    def fill(inputs: Inputs) -> str:
        filled = [one if isinstance(one, tuple) else one(inputs) for one in pieces]
        decoded = "".join([one for _, one in filled])
        if not decoded:
            raise blamed.refused(f"is empty, and {blamed.whom}'s URL needs it")
        if not _NOWHERE.isdisjoint(_SEPARATORS.split(decoded)):
            raise blamed.refused("has a '.' or '..' that would lead to another path")
        return "".join([one for one, _ in filled])

    return fill


def _value(expression: Expression, where: Spot | str) -> Callable[[Inputs], tuple[str, str]]:
    """A value in a segment: percent-encoded, and as it is."""

    def of_path(inputs: Inputs, value: Any, blame: Blame) -> str:
        found = text(inputs, value, blame)
        if _CONTROL.search(found):
            raise blame.refused(f"has a control character, and {blame.whom}'s URL cannot have one")
        return found

    fill = compile_expression(expression, of_path, where)

    def encode(inputs: Inputs) -> tuple[str, str]:
        found = fill(inputs)
        return quote(found, safe=""), found

    return encode


def _pair(pair: Parts, where: Spot | str) -> str | Pairs:
    """A parameter that is written in the URL, where what stands beside a template is encoded."""
    name, value = value_of(pair)
    if not any(isinstance(part, Expression) for part in value):
        return "".join(encoded_query(str(part)) for part in pair)
    encoded = encoded_query(name)
    if len(value) == 1:
        return _named(encoded, compile_parameter(Template(value), where))
    parts = tuple(
        encoded_query(part) if isinstance(part, str) else compile_expression(part, text, where)
        for part in value
    )
    return lambda inputs: "".join(
        [encoded, "=", *(one if isinstance(one, str) else _quoted(one(inputs)) for one in parts)]
    )


def _added(workflow: Workflow, where: Where) -> Iterable[str | Pairs]:
    """The parameters of `workflow.query`."""
    for name, value in workflow.query.items():
        template = parse(value) if isinstance(value, str) else (text_of(value) or "")
        if isinstance(template, Template):
            here = where(("workflow", "query", name))
            yield _named(_quoted(name), compile_parameter(template, here))
        else:
            yield f"{_quoted(name)}={_quoted(template)}"


def _named(name: str, fill: Find) -> Pairs:
    """A pair for each text of a parameter; nothing where it is left out."""

    def pairs(inputs: Inputs) -> str:
        value = fill(inputs)
        if value is MISSING:
            return ""
        texts = value if isinstance(value, list) else [value]
        return "&".join([f"{name}={_quoted(one)}" for one in texts])

    return pairs


def _quoted(text: str) -> str:
    return quote_plus(text, safe=SAFE)


def _made(pairs: Iterable[str | Pairs], inputs: Inputs) -> Iterable[str]:
    for pair in pairs:
        made = pair if isinstance(pair, str) else pair(inputs)
        if made:
            yield made
