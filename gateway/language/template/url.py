"""A URL with templates, in the parts that are filled in apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from gateway.language.template.grammar import parse
from gateway.language.template.tree import BadTemplate, Expression, Template

Parts = tuple[str | Expression, ...]

_ORIGIN = re.compile(r"https?://[^/?#]*")
_STAND_IN = "x"


class UrlTemplate(msgspec.Struct, frozen=True):
    """`origin` is the scheme with host and port. `path` and `query` are text and expressions in
    their order, the query without its `?`.
    """

    origin: str
    path: Parts
    query: Parts

    @property
    def segments(self) -> tuple[Parts, ...]:
        """The path cut at each `/`; the first is what stands before the first `/`, nothing."""
        return _cut(self.path, "/")

    @property
    def pairs(self) -> tuple[Parts, ...]:
        """The query cut at each `&`."""
        return _cut(self.query, "&") if self.query else ()


def parse_url(text: str) -> UrlTemplate:
    """The parts of a URL. Raises BadTemplate, also for an expression before the path."""
    template = parse(text)
    parts = template.parts if isinstance(template, Template) else (template,)
    first = parts[0] if isinstance(parts[0], str) else ""
    found = _ORIGIN.match(first)
    origin = found[0] if found else ""
    target = first[len(origin) :]
    if not (origin and target) and isinstance(template, Template):
        span = template.expressions[0].span
        raise in_host(span.start, span.end, _BEGIN if first and found is None else _SEVERAL)
    path, query = _at_query(_filled((target, *parts[1:])))
    return UrlTemplate(origin, path, query)


def parse_location(text: str) -> UrlTemplate:
    """The parts of a URL or of an absolute path, which has no origin. Raises BadTemplate."""
    template = parse(text)
    parts = template.parts if isinstance(template, Template) else (template,)
    first = parts[0] if isinstance(parts[0], str) else ""
    if not first.startswith("/") or first.startswith(("//", "/\\")):
        return parse_url(text)
    path, query = _at_query(parts)
    return UrlTemplate("", path, query)


def _at_query(parts: Parts) -> tuple[Parts, Parts]:
    """What stands before the first `?`, and what stands behind it."""
    for index, part in enumerate(parts):
        if isinstance(part, str) and "?" in part:
            before, _, after = part.partition("?")
            return _filled((*parts[:index], before)), _filled((after, *parts[index + 1 :]))
    return parts, ()


def _filled(parts: Parts) -> Parts:
    return tuple(part for part in parts if part)


_SEVERAL = "write the host; for several hosts write several hooks"
_BEGIN = "start it with https:// and the host, or with '/'"


def in_host(start: int, end: int, hint: str = _SEVERAL) -> BadTemplate:
    """What is wrong with an expression before the path."""
    message = "a template can only fill in the path and the query of the URL"
    return BadTemplate("template-in-host", start, end, message, hint)


def outline(text: str) -> str:
    """The URL with a letter in place of each expression, for what looks at its other parts.

    A text that is no template stays what it is.
    """
    try:
        template = parse(text)
    except BadTemplate:
        return text
    if isinstance(template, str):
        return template
    return "".join(one if isinstance(one, str) else _STAND_IN for one in template.parts)


def value_of(pair: Parts) -> tuple[str, Parts]:
    """The name of a parameter as it is written, and its value behind the `=`.

    The name of a pair that begins with an expression is empty.
    """
    first = pair[0] if pair and isinstance(pair[0], str) else ""
    name, _, value = first.partition("=")
    return name, ((value, *pair[1:]) if value else tuple(pair[1:]))


def _cut(parts: Iterable[str | Expression], sign: str) -> tuple[Parts, ...]:
    return tuple(_pieces(parts, sign))


def _pieces(parts: Iterable[str | Expression], sign: str) -> Iterator[Parts]:
    piece: list[str | Expression] = []
    for part in parts:
        if isinstance(part, Expression):
            piece.append(part)
            continue
        first, *rest = part.split(sign)
        piece += [first] if first else []
        for one in rest:
            yield tuple(piece)
            piece = [one] if one else []
    yield tuple(piece)
