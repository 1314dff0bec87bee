"""Values with templates in them, for what compares them."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.language.template.grammar import is_template, parse
from gateway.language.template.tree import BadTemplate, Chain, Constant, Expression, Span, Template

_NOWHERE = Span(0, 0, "")
_DEFAULT = Constant("null", None, "", _NOWHERE)


def parsed(value: Any) -> Any:
    """A value in which texts that are filled in are templates."""
    match value:
        case str() if is_template(value):
            try:
                return parse(value)
            except BadTemplate:
                return value
        case dict():
            return {key: parsed(one) for key, one in value.items()}
        case list():
            return [parsed(one) for one in value]
    return value


def escaped(value: Any) -> Any:
    """A value as an author writes it so that nothing of it is filled in."""
    match value:
        case str():
            return value.replace("${", "$${")
        case dict():
            return {key: escaped(one) for key, one in value.items()}
        case list():
            return [escaped(one) for one in value]
    return value


def without_defaults(value: Any) -> Any:
    """A parsed value in which all literals behind `??` are the same."""
    match value:
        case Template():
            return Template(tuple(map(without_defaults, value.parts)))
        case Expression():
            first, *rest = value.alternatives
            chains = (first, *map(_without_literal, rest))
            return msgspec.structs.replace(value, alternatives=chains)
        case dict():
            return {key: without_defaults(one) for key, one in value.items()}
        case list():
            return [without_defaults(one) for one in value]
        case tuple():
            return tuple(map(without_defaults, value))
    return value


def _without_literal(chain: Chain) -> Chain:
    return Chain(_DEFAULT, ()) if isinstance(chain.operand, Constant) else chain
