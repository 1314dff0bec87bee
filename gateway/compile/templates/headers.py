"""Headers of an invocation with templates in their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from gateway.compile.paths import MISSING
from gateway.compile.templates.blame import Blame, Spot, Where
from gateway.compile.templates.expressions import compile_text
from gateway.compile.templates.inputs import Find, Inputs
from gateway.language.spec import Workflow
from gateway.language.template import Template, parse
from gateway.wire.client.head import line

LONGEST = 4096
"""Bytes of a header's value."""

_UNFIT = re.compile(rb"[\x00-\x1f\x7f]")

Lines = Callable[[Inputs], Mapping[bytes, bytes]]


def compile_headers(workflow: Workflow, where: Where) -> Lines | None:
    """What makes header lines by their names in lower case; None where no value has a template.

    It raises Unmappable.
    """
    filled = tuple(
        _line(name, template, where(("workflow", "headers", name)))
        for name, value in workflow.headers.items()
        if isinstance(template := parse(value), Template)
    )
    if not filled:
        return None

    def lines(inputs: Inputs) -> dict[bytes, bytes]:
        made = {}
        for name, make in filled:
            one = make(inputs)
            if one is not MISSING:
                made[name] = one
        return made

    return lines


def fixed_headers(workflow: Workflow) -> dict[str, str]:
    """The headers that are the same for every request, as they are sent."""
    parsed = ((name, parse(value)) for name, value in workflow.headers.items())
    return {name: value for name, value in parsed if isinstance(value, str)}


def _line(
    name: str, template: Template, where: Spot | str
) -> tuple[bytes, Callable[[Inputs], Any]]:
    fill = compile_header(template, where)
    title = name.encode()

    def make(inputs: Inputs) -> Any:
        value = fill(inputs)
        return MISSING if value is MISSING else line(title, value)

    return title.lower(), make


def compile_header(template: Template, where: Spot | str, fill: Find | None = None) -> Find:
    """What makes the bytes of a header's value, MISSING where it is left out; `fill` makes its
    text. It raises Unmappable.
    """
    make_text = compile_text(template, where) if fill is None else fill
    blame = Blame.of(template, where)

    def make(inputs: Inputs) -> Any:
        text = make_text(inputs)
        if text is MISSING:
            return MISSING
        value = text.strip(" ").encode()
        if len(value) > LONGEST:
            raise blame.refused(
                f"is longer than {LONGEST} bytes, and {blame.whom}'s header cannot be"
            )
        if _UNFIT.search(value):
            raise blame.refused(
                f"has a control character, and {blame.whom}'s header cannot have one"
            )
        return value

    return make
