"""`workflow.data`: what is sent in place of what was received."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET

from gateway.compile.forms import encode_form, flatten
from gateway.compile.kinds import kind_of
from gateway.compile.multipart_form import FILE
from gateway.compile.paths import MISSING
from gateway.compile.payload import FORM, JSON, TEXT, WITH_BODY, Payload
from gateway.compile.templates.blame import Blame, Where
from gateway.compile.templates.data import compile_data, compile_parameters, unescaped
from gateway.compile.templates.expressions import compile_expression, compile_text
from gateway.compile.templates.inputs import Find, Inputs
from gateway.language.literals import encode_json
from gateway.language.spec import Workflow
from gateway.language.template import Template, parse

Replace = Callable[[Inputs | None], Payload]
"""Makes the payload of a request; its inputs are not asked for where all of it is fixed."""

_STEPS = ("workflow", "data")


def compile_replacement(workflow: Workflow, where: Where) -> Replace | None:
    """What makes the data of a workflow; None where it receives what the hook received.

    It raises Unmappable.
    """
    data = workflow.data
    if data is UNSET:
        return None
    if workflow.method not in WITH_BODY:
        return _made(data, _parameters(data, where), lambda value: Payload(query=flatten(value)))
    if workflow.format == "form":
        fill = _parameters(data, where)
        return _made(data, fill, lambda value: Payload(encode_form(value), FORM))
    if workflow.format == "text":
        return _made(data, _text(data, where), lambda text: Payload(text.encode(), TEXT))
    fill = compile_data(data, _STEPS, where)
    return _made(data, fill, lambda value: Payload(encode_json(value), JSON))


def _made(data: Any, fill: Find | None, encode: Callable[[Any], Payload]) -> Replace:
    if fill is None:
        fixed = encode(unescaped(data))
        return lambda _inputs: fixed

    def make(inputs: Inputs | None) -> Payload:
        assert inputs is not None  # noqa: S101 - a hook with templates has them
        value = fill(inputs)
        return Payload() if value is MISSING else encode(value)

    return make


def _text(data: str, where: Where) -> Find | None:
    template = parse(data)
    return compile_text(template, where(_STEPS)) if isinstance(template, Template) else None


def _parameters(data: Any, where: Where) -> Find | None:
    """What fills in an object: one that is written, or the value of a template."""
    if isinstance(data, dict):
        return compile_parameters(data, _STEPS, where)
    template = parse(data)
    if isinstance(template, str) or template.exact is None:
        raise ValueError("data that is sent as parameters is an object")
    return compile_expression(template.exact, _object, where(_STEPS))


def _object(inputs: Inputs, value: Any, blame: Blame) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise blame.refused(f"is {kind_of(value)}, and the workflow needs an object")
    if any(one is FILE or (type(one) is list and FILE in one) for one in value.values()):
        raise blame.refused("contains a file, and the workflow needs values")
    if any(one is None or (type(one) is list and None in one) for one in value.values()):
        raise blame.refused("contains null, and the workflow needs text")
    inputs.take(sum(len(name) + len(text) for name, text in flatten(value)))
    return value
