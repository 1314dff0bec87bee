"""JSON values with templates in them, filled in for each request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from gateway.compile.paths import MISSING
from gateway.compile.templates.blame import Spot, Where
from gateway.compile.templates.expressions import compile_element, compile_parameter, compile_value
from gateway.compile.templates.inputs import Find, Inputs
from gateway.language.template import Template, is_template, parse

if TYPE_CHECKING:  # a worker reads no YAML
    from gateway.language.yaml12 import Steps

Fill = Callable[[Inputs], Any]
Compiled = Callable[[Template, Spot | str], Find]


def compile_data(
    value: Any, steps: Steps, where: Where, compiled: Compiled = compile_value
) -> Fill | None:
    """What fills in a JSON value; None where there is no template in it, see `unescaped`.

    Members and elements that are left out are not there, the whole value is MISSING. It raises
    Unmappable. What is not filled in is shared by all requests, and must not be changed. `compiled`
    makes the value of each template.
    """
    match value:
        case str():
            template = parse(value) if is_template(value) else value
            return compiled(template, where(steps)) if isinstance(template, Template) else None
        case dict():
            return _members(value, steps, partial(compile_data, where=where, compiled=compiled))
        case list():
            return _list(value, steps, partial(compile_data, where=where, compiled=compiled))
    return None


def compile_parameters(written: Mapping[str, Any], steps: Steps, where: Where) -> Fill | None:
    """The same for the parameters of a query or a form: values are texts or lists of them, none of
    them null, and what is inside them is JSON.
    """
    return _members(written, steps, lambda one, there: _parameter(one, there, where))


def unescaped(value: Any) -> Any:
    """A value without templates as it is sent: `$${` is `${`."""
    match value:
        case str():
            text = parse(value) if is_template(value) else value
            return text if isinstance(text, str) else value
        case dict():
            return {key: unescaped(one) for key, one in value.items()}
        case list():
            return [unescaped(one) for one in value]
    return value


def _parameter(
    value: Any, steps: Steps, where: Where, compiled: Compiled = compile_parameter
) -> Fill | None:
    if isinstance(value, str):
        template = parse(value)
        return compiled(template, where(steps)) if isinstance(template, Template) else None
    if isinstance(value, list) and compiled is compile_parameter:
        return _list(value, steps, partial(_parameter, where=where, compiled=compile_element))
    return compile_data(value, steps, where)


def _members(
    value: Mapping[str, Any], steps: Steps, compiled: Callable[[Any, Steps], Fill | None]
) -> Fill | None:
    fills = {key: compiled(one, (*steps, key)) for key, one in value.items()}
    if not any(fills.values()):
        return None
    members = tuple(
        [(key, fill, None if fill else unescaped(value[key])) for key, fill in fills.items()]
    )

    def fill(inputs: Inputs) -> dict[str, Any]:
        made = {}
        for key, find, fixed in members:
            one = fixed if find is None else find(inputs)
            if one is not MISSING:
                made[key] = one
        return made

    return fill


def _list(
    value: list[Any], steps: Steps, compiled: Callable[[Any, Steps], Fill | None]
) -> Fill | None:
    fills = [compiled(one, (*steps, index)) for index, one in enumerate(value)]
    if not any(fills):
        return None
    elements: tuple[tuple[Find | None, Any], ...] = tuple(
        (find, unescaped(one)) for find, one in zip(fills, value, strict=True)
    )

    def fill(inputs: Inputs) -> list[Any]:
        found = [fixed if find is None else find(inputs) for find, fixed in elements]
        return [one for one in found if one is not MISSING]

    return fill
