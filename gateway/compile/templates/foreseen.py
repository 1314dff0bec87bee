"""What of an answer is judged before the workflow is called: templates that read the request.

A workflow that has run cannot be taken back, and whether the caller can be answered with its own
values is known before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gateway.compile.answers import compile_header_of
from gateway.compile.exchange import Exchange
from gateway.compile.templates.blame import Spot, Where
from gateway.compile.templates.expressions import (
    compile_expression,
    compile_parameter,
    compile_text,
    compile_value,
    text,
)
from gateway.compile.templates.inputs import Find
from gateway.compile.templates.outcome import Outcome
from gateway.language.answers import answers_of, is_of_request, slots_of
from gateway.language.inputs import Filling, Slot, fillings
from gateway.language.spec import Hook
from gateway.language.template import Template, parse

Foresee = Callable[[Exchange], None]
"""It raises Unmappable where an answer cannot be made of the request."""

LACKING = frozenset(("body", "query", "headers", "path", "sender"))
"""What a request may not have, or not of the kind that is needed."""


def compile_foreseen(hook: Hook, where: Where) -> Foresee | None:
    """What tries the templates of the answers that read nothing but the request; None where there
    are none.
    """
    answers = [
        [find for slot in slots_of(written) for find in _foreseen(slot, where(slot.steps))]
        for written in answers_of(hook)
    ]
    tried = tuple(filter(None, answers))
    if not tried:
        return None

    def foresee(exchange: Exchange) -> None:
        for finds in tried:
            outcome = Outcome(exchange, None)  # each answer may be of its own size
            for find in finds:
                find(outcome)

    return foresee


def _foreseen(slot: Slot, where: Spot | str) -> Iterator[Find]:
    found = fillings(slot)
    of_request = [one for one in found if _is_of_request(one)]
    if of_request and len(of_request) == len(found):
        yield _whole(slot, where)
    else:
        yield from (_part(one, where) for one in of_request)


def _is_of_request(filling: Filling) -> bool:
    expression = filling.expression
    read = any(one.root in LACKING for one in expression.references)
    return read and is_of_request(expression)


def _whole(slot: Slot, where: Spot | str) -> Find:
    template = parse(slot.text)
    assert isinstance(template, Template)  # noqa: S101 - it has expressions
    if slot.position in ("header", "location"):
        return compile_header_of(str(slot.steps[-1]), slot.text, template, where)
    return (compile_value if slot.position == "json" else compile_text)(template, where)


def _part(filling: Filling, where: Spot | str) -> Find:
    """An expression beside others that read the workflow's answer."""
    if filling.position == "parameter" and filling.whole:
        return compile_parameter(Template((filling.expression,)), where)
    return compile_expression(filling.expression, text, where)
