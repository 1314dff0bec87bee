"""Templates as Mustache, Jinja or n8n have them, which are text here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gateway.language.answers import answers_of
from gateway.language.inputs import WITH_BODY, workflow_of
from gateway.language.lint.parts import conditions, operators_of
from gateway.language.mistake import Mistake
from gateway.language.operands import FILLABLE, every_text
from gateway.language.private import is_private
from gateway.language.spec import Hook, Operators
from gateway.language.template import ANSWERED, BadTemplate, parse
from gateway.language.template.roots import ROOTS
from gateway.language.yaml12 import Steps

_ROOTS = "|".join((*ROOTS, *ANSWERED))
_TAG = re.compile(
    rf"""(?:\A=)? (?<!\$) \{{\{{ [{{~=-]? \s*
        (?: \$(?P<json>json) | \.?\$?\.?(?P<root>{_ROOTS}) )
        (?P<way> [.\[?] [^{{}}]{{0,200}} ) \}}\}} \}}?""",
    re.VERBOSE,
)
_NAME = re.compile(r"\.([\w-]{1,64}(?:\.[\w-]{1,64}){0,7})(?=\s|\||$)", re.ASCII)
_IN_JSON = {"body": "body", "query": "query", "headers": "headers", "params": "path"}
"""What n8n calls the parts of a request."""


class _Text(NamedTuple):
    """A text that can have templates, and what happens to it."""

    steps: Steps
    text: str
    fate: str


def check(hook: Hook) -> Iterator[Mistake]:
    """Each text that has such a template where one of the hook's would be filled in."""
    for steps, text, fate in (*_sent(hook), *_answered(hook), *_compared(hook)):
        for tag in _TAG.finditer(text) if "{{" in text else ():
            message = f"'{{{{' begins no template: the text is {fate} as it is written"
            inner = tag.start(), tag.end()
            yield Mistake("foreign-template", steps, message, _hint(hook, steps, tag), inner=inner)


def _sent(hook: Hook) -> Iterator[_Text]:
    workflow = workflow_of(hook)
    parts = {"headers": workflow.headers, "query": workflow.query, "body": workflow.body}
    for key, value in (*parts.items(), ("data", workflow.data)):
        for steps, text in every_text(("workflow", key), value):
            yield _Text(steps, text, "sent")


def _answered(hook: Hook) -> Iterator[_Text]:
    for way, answer, _ in answers_of(hook):
        for key, value in (("headers", answer.headers), ("body", answer.body)):
            for steps, text in every_text((*way, key), value):
                yield _Text(steps, text, "sent")


def _compared(hook: Hook) -> Iterator[_Text]:
    for one in conditions(hook):
        written = operators_of(one.condition)
        parts = [((*one.steps, name), operand) for name, operand in written.items()]
        if not isinstance(one.condition, Operators):
            parts = [(one.steps, one.condition)]
        for way, operand in parts:
            if way == one.steps or way[-1] in FILLABLE:
                for steps, text in every_text(way, operand):
                    yield _Text(steps, text, "compared")


def _hint(hook: Hook, steps: Steps, tag: re.Match[str]) -> str:
    key = next((str(one) for one in reversed(steps) if isinstance(one, str)), "")
    found = None if is_private(tag[0], key) else _NAME.match(tag["way"])
    meant = _input(tag["root"], found[1]) if found else "body.name"
    if meant.startswith("body.") and WITH_BODY.isdisjoint(hook.methods):
        meant = "query." + meant.removeprefix("body.")
    return f"write ${{{meant}}}, or ${{'{{{{'}} for the text '{{{{'"


def _input(root: str | None, name: str) -> str:
    """The input as it is written here; `root` is None for the JSON of n8n."""
    if root is None:
        first, _, rest = name.partition(".")
        meant = f"{_IN_JSON[first]}.{rest}" if rest and first in _IN_JSON else f"body.{name}"
    else:
        meant = f"{root}.{name}"
    try:
        parse(f"${{{meant}}}")
    except BadTemplate:
        return "body.name"
    return meant
