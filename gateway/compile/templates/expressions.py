"""Expressions as functions of a request's inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from gateway.compile.forms import json_text
from gateway.compile.multipart_form import FILE
from gateway.compile.paths import MISSING
from gateway.compile.templates.blame import Blame, Spot
from gateway.compile.templates.filters import MISFIT, Apply, compile_filter, scalar_text
from gateway.compile.templates.inputs import Find, Inputs, compile_reference
from gateway.errors import Unmappable
from gateway.language.literals import encode_json
from gateway.language.template import Chain, Constant, Expression, Template

SHORT = 256
"""Characters of texts that are not counted: those of all templates of a hook are few."""

Finish = Callable[[Inputs, Any, Blame], Any]
"""What makes of a value, which may be null, what its position takes. It raises Unmappable."""


def compile_expression(expression: Expression, finish: Finish, where: Spot | str) -> Find:
    """What fills in an expression: MISSING where it is left out. It raises Unmappable."""
    chains = [_chain(chain, where) for chain in expression.alternatives]
    plain = SHORT if finish in _PLAIN else -1
    made = _single if len(chains) == 1 else _first
    return made(chains, finish, expression.optional, plain)


def _first(chains: list[tuple[Find, Blame]], finish: Finish, optional: bool, plain: int) -> Find:
    """The first of several alternatives that is neither missing nor null. A text of at most
    `plain` characters is finished already.
    """
    steps = tuple(chains)
    blamed = steps[0][1]

    def fill(inputs: Inputs) -> Any:
        for find, blame in steps:
            value = find(inputs)
            if type(value) is str and len(value) <= plain:
                return value
            if value is not MISSING and value is not None:
                return finish(inputs, value, blame)
        if value is MISSING:
            if optional:
                return MISSING
            raise blamed.missing()
        return finish(inputs, None, blame)

    return fill


def _single(chains: list[tuple[Find, Blame]], finish: Finish, optional: bool, plain: int) -> Find:
    """The same for one alternative."""
    ((find, blame),) = chains

    def fill(inputs: Inputs) -> Any:
        value = find(inputs)
        if type(value) is str and len(value) <= plain:
            return value
        if value is MISSING:
            if optional:
                return MISSING
            raise blame.missing()
        return finish(inputs, value, blame)

    return fill


def _chain(chain: Chain, where: Spot | str) -> tuple[Find, Blame]:
    blame = Blame(chain.operand, where)
    find = _operand(chain)
    if not chain.filters:
        return find, blame
    steps = tuple((compile_filter(call), call.name == "json") for call in chain.filters)
    if len(steps) == 1 and not steps[0][1]:
        return _filtered_once(chain, find, steps[0][0], blame), blame

    def filtered(inputs: Inputs) -> Any:
        value = given = find(inputs)
        for apply, takes_null in steps:
            if value is MISSING or (value is None and not takes_null):
                return value
            value = apply(value)
            if value is MISFIT:
                raise _misfit(chain, blame, given)
        return value

    return filtered, blame


def _filtered_once(chain: Chain, find: Find, apply: Apply, blame: Blame) -> Find:
    """What most chains are: one filter."""

    def filtered(inputs: Inputs) -> Any:
        given = find(inputs)
        if given is MISSING or given is None:
            return given
        value = apply(given)
        if value is MISFIT:
            raise _misfit(chain, blame, given)
        return value

    return filtered


def _misfit(chain: Chain, blame: Blame, value: Any) -> Unmappable:
    """What is said of a value that a filter does not take: they are applied again to tell which."""
    before = None
    for call in chain.filters:
        made = compile_filter(call)(value)
        if made is MISFIT:
            return blame.misfit(call, before, value)
        value, before = made, call
    raise AssertionError("filters give the same again")


def _operand(chain: Chain) -> Find:
    operand = chain.operand
    if isinstance(operand, Constant):
        value = operand.value
        return lambda _inputs: value
    return compile_reference(operand)


def compile_text(template: Template, where: Spot | str) -> Find:
    """The text of a template: MISSING where one expression is the whole and is left out."""
    exact = template.exact
    if exact is not None:
        return compile_expression(exact, _text_or_nothing if exact.optional else text, where)
    fixed = ["" if isinstance(part, Expression) else part for part in template.parts]
    filled = [
        (at, compile_expression(part, text, where))
        for at, part in enumerate(template.parts)
        if isinstance(part, Expression)
    ]

    def join(inputs: Inputs) -> str:
        made = fixed.copy()
        for at, fill in filled:
            made[at] = fill(inputs)
        return "".join(made)

    return join


def compile_value(template: Template, where: Spot | str) -> Find:
    """The JSON value of a template; that of one expression keeps its type."""
    if template.exact is None:
        return compile_text(template, where)
    return compile_expression(template.exact, json_value, where)


def compile_parameter(template: Template, where: Spot | str) -> Find:
    """The texts of a parameter in a query or a form: a text, or a list of them."""
    exact = template.exact
    if exact is None:
        return compile_text(template, where)
    return compile_expression(exact, _parameter_or_nothing if exact.optional else parameter, where)


def compile_element(template: Template, where: Spot | str) -> Find:
    """The value of an element of a repeated parameter, which is never null."""
    exact = template.exact
    if exact is None:
        return compile_text(template, where)
    return compile_expression(exact, _element_or_nothing if exact.optional else _element, where)


def text(inputs: Inputs, value: Any, blame: Blame) -> str:
    """The text of a value that has one."""
    if type(value) is not str:
        found = scalar_text(value)
        if found is MISFIT:
            raise blame.kind(value)
        return str(found)
    if len(value) > SHORT:
        inputs.take(len(value))
    return value


def json_value(inputs: Inputs, value: Any, blame: Blame) -> Any:
    """The value itself; what is large is encoded at once, so that its size is known."""
    kind = type(value)
    if kind is str:
        if len(value) > SHORT:
            inputs.take(len(value))
        return value
    if kind is int or kind is bool or value is None:
        return value
    if kind is dict or kind is list:
        return value if inputs.small else msgspec.Raw(_encoded(inputs, value, blame))
    if value is FILE:
        raise blame.refused(f"is a file, and {blame.whom} needs a value")
    return value


def parameter(inputs: Inputs, value: Any, blame: Blame) -> str | list[str]:
    """As `flatten` has it: a list repeats the name, an object is its JSON text; null is refused."""
    if type(value) is list and FILE not in value:
        if None in value:
            raise blame.refused(f"contains null, and {blame.whom} needs text")
        texts = [json_text(one) for one in value]
        inputs.take(sum(map(len, texts)))
        return texts
    if type(value) is dict or type(value) is list:
        return _encoded(inputs, value, blame).decode()
    return text(inputs, value, blame)


def _encoded(inputs: Inputs, value: Any, blame: Blame) -> bytes:
    try:
        encoded = encode_json(value)
    except (NotImplementedError, TypeError):
        raise blame.refused(f"contains a file, and {blame.whom} needs values") from None
    inputs.take(len(encoded))
    return encoded


def _text_or_nothing(inputs: Inputs, value: Any, blame: Blame) -> Any:
    return MISSING if value is None else text(inputs, value, blame)


def _parameter_or_nothing(inputs: Inputs, value: Any, blame: Blame) -> Any:
    return MISSING if value is None else parameter(inputs, value, blame)


def _element(inputs: Inputs, value: Any, blame: Blame) -> Any:
    return text(inputs, None, blame) if value is None else json_value(inputs, value, blame)


def _element_or_nothing(inputs: Inputs, value: Any, blame: Blame) -> Any:
    return MISSING if value is None else json_value(inputs, value, blame)


_PLAIN = frozenset(
    (
        *(text, json_value, parameter, _element),
        *(_text_or_nothing, _parameter_or_nothing, _element_or_nothing),
    )
)
"""What makes nothing else of a short text."""
