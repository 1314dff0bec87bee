"""Text that other programs read as a pattern, and that stands for itself here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.language.lint.parts import conditions
from gateway.language.mistake import Mistake
from gateway.language.private import is_private
from gateway.language.spec import Hook
from gateway.language.yaml12.scalars import shortened

_ENDED = re.compile(r"([^*]+)\*{1,2}")
_BEGUN = re.compile(r"\*{1,2}([^*]+)")
_EXPRESSION = re.compile(r"\^.*\$|/(?=.*[\\^$*+?|\[(]).+/", re.DOTALL)


def check(hook: Hook) -> Iterator[Mistake]:
    """Each expected text in the short form and each segment of the path that is like a pattern."""
    for one in conditions(hook):
        text = one.condition
        if not isinstance(text, str) or is_private(text, one.name) or "${" in text:
            continue
        if hint := _meant(text):
            message = f"'{one.name}' is compared with '{shortened(text)}' as it is written"
            yield Mistake("literal-wildcard", one.steps, message, hint)
    for segment in dict.fromkeys(hook.route.split("/")[1:]):
        if "*" in segment or segment.startswith(":"):
            yield _in_path(segment)


def _in_path(segment: str) -> Mistake:
    name = re.sub(r"[^a-z0-9_]", "", segment.lower()).lstrip("0123456789_") or "name"
    message = f"'{shortened(segment)}' in the path stands for itself"
    hint = f"write {{{shortened(name)}}} for a parameter, which takes one segment"
    return Mistake("literal-wildcard", ("path",), message, hint)


def _meant(text: str) -> str:
    """How the pattern is written that a text looks like."""
    if found := _ENDED.fullmatch(text):
        operator = f"prefix: '{shortened(found[1])}'"
    elif found := _BEGUN.fullmatch(text):
        operator = f"suffix: '{shortened(found[1])}'"
    elif _EXPRESSION.fullmatch(text):
        return "write {pattern: …} for a regular expression, or {eq: …} for this text"
    else:
        return ""
    return f"write {{{operator}}}, or {{eq: …}} for this text"
