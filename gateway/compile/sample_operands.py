"""Operands that are filled in, as the values that they have for a sample."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from gateway.compile.body import Received
from gateway.compile.exchange import Exchange, Fields, Unread
from gateway.compile.operands import compile_value
from gateway.compile.paths import MISSING
from gateway.compile.sample_sender import sample_sender
from gateway.compile.templates.inputs import Inputs
from gateway.errors import Unmappable
from gateway.language.inputs import Filling
from gateway.language.normal_form import Alternative
from gateway.language.operands import FILLED, Demand, demands_of, templates_of
from gateway.language.spec import Hook
from gateway.language.spec.match import Condition, Elements, Operators
from gateway.language.template import Template
from gateway.language.template.values import escaped

_FIELDS = dict(zip(Operators.__struct_encode_fields__, Operators.__struct_fields__, strict=True))


def inputs_of(
    hook: Hook,
    received: Received,
    query: Mapping[str, Any],
    fields: Fields,
    path: dict[str, str],
) -> Inputs:
    """What templates read of a sample."""
    exchange = Exchange(
        hook.methods[0], "", b"", b"", [], fields, "", "", time.perf_counter(), Unread(),
        path_params=path, hook=hook.name, sender=sample_sender(hook),
    )  # fmt: skip
    return Inputs(exchange, received, query)


def expressions(way: Alternative) -> list[Filling]:
    """The expressions of the operands that are filled in, as if each stood alone."""
    return [
        Filling((), "operand", expression, template.exact is not None)
        for _, demand, _ in way.demanded
        for template in templates_of(demand)
        for expression in template.expressions
    ]


def with_values(way: Alternative, inputs: Inputs) -> Alternative:
    """The demands with values in place of templates; those that have none are left out."""
    demanded = []
    for one in way.demanded:
        try:
            demanded.append(one._replace(demand=_valued(one.demand, inputs)))
        except Unmappable:
            continue
    return way._replace(demanded=tuple(demanded))


def _valued(demand: Demand, inputs: Inputs) -> Demand:
    name, operand = demand
    return (name.removeprefix(FILLED), _value(operand, inputs)) if FILLED in name else demand


def _value(operand: Any, inputs: Inputs) -> Any:
    match operand:
        case Template():
            return compile_value(operand, "")(inputs)
        case Elements():
            rule = operand.rule
            if not isinstance(rule, dict):
                return Elements(_condition(rule, inputs))
            return Elements({path: _condition(one, inputs) for path, one in rule.items()})
        case dict():
            return {key: _value(one, inputs) for key, one in operand.items()}
        case list():
            found = (_value(one, inputs) for one in operand)
            return [one for one in found if one is not MISSING]
    return operand


def _condition(condition: Condition, inputs: Inputs) -> Operators:
    valued = (_valued(demand, inputs) for demand in demands_of(condition))
    return Operators(**{_FIELDS[name]: escaped(operand) for name, operand in valued})
