"""The filters of templates: their arguments, the kinds they take, the kind they give."""

from __future__ import annotations

from collections.abc import Callable, Set
from difflib import get_close_matches
from typing import get_args

import msgspec

from gateway.language.template.tree import BadTemplate, Kind, Span
from gateway.language.values import parse_path

MOST = 4096
"""The largest number that a filter takes."""

LONGEST = 256
"""Characters of a text that a filter takes."""

Argument = str | int
Kinds = frozenset[Kind]

EVERY: Kinds = frozenset(get_args(Kind))
TEXT: Kinds = frozenset({"text"})
SCALAR: Kinds = frozenset({"text", "a number", "true or false"})
"""What has a text."""
_LIST: Kinds = frozenset({"an array"})
_NUMBER: Kinds = frozenset({"a number"})


class Filter(msgspec.Struct, frozen=True):
    """What a filter takes, by kinds, and gives; None is the kind that it takes.

    `parameters` judge its arguments, `usage` shows it with some.
    """

    takes: Kinds
    gives: Kinds | None
    usage: str
    parameters: tuple[Callable[[Argument], bool], ...] = ()
    says: str = ""


def words(kinds: Set[str]) -> str:
    """Kinds in a sentence, in the order in which JSON lists them."""
    *first, last = (kind for kind in get_args(Kind) if kind in kinds)
    between = ", " if " or " in last else " or "
    return ", ".join(first) + between + last if first else str(last)


def _text(argument: Argument) -> bool:
    return isinstance(argument, str) and len(argument) <= LONGEST


def _separator(argument: Argument) -> bool:
    return _text(argument) and argument != ""


def _count(argument: Argument) -> bool:
    return type(argument) is int and 1 <= argument <= MOST


def _index(argument: Argument) -> bool:
    return type(argument) is int and -MOST <= argument <= MOST


def _path(argument: Argument) -> bool:
    try:
        return isinstance(argument, str) and bool(parse_path(argument))
    except ValueError:
        return False


_A_COUNT = f"a whole number from 1 to {MOST}"

FILTERS: dict[str, Filter] = {
    "text": Filter(SCALAR, TEXT, "text"),
    "json": Filter(EVERY, TEXT, "json"),
    "int": Filter(frozenset({"text", "a number"}), _NUMBER, "int"),
    "number": Filter(frozenset({"text", "a number"}), _NUMBER, "number"),
    "bool": Filter(frozenset({"text", "true or false"}), frozenset({"true or false"}), "bool"),
    "lower": Filter(TEXT, TEXT, "lower"),
    "upper": Filter(TEXT, TEXT, "upper"),
    "trim": Filter(TEXT, TEXT, "trim"),
    "length": Filter(frozenset({"text", "an array", "an object"}), _NUMBER, "length"),
    "first": Filter(TEXT | _LIST, None, "first(7)", (_count,), _A_COUNT),
    "last": Filter(TEXT | _LIST, None, "last(7)", (_count,), _A_COUNT),
    "strip_prefix": Filter(TEXT, TEXT, "strip_prefix('refs/heads/')", (_text,), "one text"),
    "strip_suffix": Filter(TEXT, TEXT, "strip_suffix('.git')", (_text,), "one text"),
    "part": Filter(
        TEXT, TEXT, "part('/', 0)", (_separator, _index), "a separator and a whole number"
    ),
    "join": Filter(_LIST, TEXT, "join(', ')", (_text,), "one text"),
    "pluck": Filter(_LIST, _LIST, "pluck('name')", (_path,), "the path of a value in each element"),
}
"""Filter → how it is used, in the order of the manual."""


_ELSEWHERE = {
    "default": "write a default after '??', such as ${body.name ?? 'none'}",
    **dict.fromkeys(("tojson", "to_json", "stringify"), "did you mean 'json'?"),
    **dict.fromkeys(("split", "cut"), "did you mean 'part'?"),
    **dict.fromkeys(("size", "count", "len"), "did you mean 'length'?"),
    **dict.fromkeys(("map", "select"), "did you mean 'pluck'?"),
    **dict.fromkeys(("truncate", "slice", "substring"), "did you mean 'first'?"),
}
"""Filter of other languages → what to write instead."""


def judge(name: str, arguments: tuple[Argument, ...], span: Span) -> None:
    """Raises BadTemplate for a filter that is unknown, or has other arguments than it takes."""
    known = FILTERS.get(name)
    if known is None:
        message, hint = f"'{name}' is not a filter", _meant(name.lower())
        raise BadTemplate("bad-template", span.start, span.end, message, hint)
    fits = len(arguments) == len(known.parameters) and all(
        takes(one) for takes, one in zip(known.parameters, arguments, strict=True)
    )
    if not fits:
        message = f"'{name}' takes {known.says or 'no argument'}"
        hint = f"for example `{known.usage}`" if known.parameters else f"write `{name}`"
        raise BadTemplate("bad-template", span.start, span.end, message, hint)


def _meant(name: str) -> str:
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    close = get_close_matches(name, FILTERS, 1)
    return f"did you mean '{close[0]}'?" if close else f"filters: {', '.join(FILTERS)}"
