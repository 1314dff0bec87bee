"""The values that most templates fill in: short texts of the body, found without further calls."""

from __future__ import annotations

from typing import Any

from gateway.compile.templates.filters import Apply, compile_filter
from gateway.compile.templates.inputs import Find, Inputs, names_of
from gateway.language.template import Chain, Reference

SHORT = 256
"""Characters of texts that are not counted: those of all templates of a hook are few."""


def short_text(chain: Chain, otherwise: Find, lists: bool) -> Find:
    """Fills in a member of the body, or of a member of it, that is a short text behind at most one
    filter; with `lists` also a list as it is. For all else it is `otherwise`, which finds the same.
    """
    operand = chain.operand
    names = None
    if isinstance(operand, Reference) and operand.root == "body" and len(chain.filters) < 2:
        names = names_of(operand.path)
    if names is None:
        return otherwise
    if chain.filters:
        return _filtered(*names, compile_filter(chain.filters[0]), otherwise)
    name, container = names
    if container is None:
        return _outer(name, otherwise, lists)
    return _inner(name, container, otherwise, lists)


def _outer(name: str, otherwise: Find, lists: bool) -> Find:
    def fill(inputs: Inputs) -> Any:
        body = inputs.body
        if type(body) is dict:
            value = body.get(name)
            if type(value) is str and len(value) <= SHORT:
                return value
            if lists and type(value) is list and inputs.small:
                return value
        return otherwise(inputs)

    return fill


def _inner(name: str, container: str, otherwise: Find, lists: bool) -> Find:
    def fill(inputs: Inputs) -> Any:
        body = inputs.body
        if type(body) is dict:
            found = body.get(container)
            if type(found) is dict:
                value = found.get(name)
                if type(value) is str and len(value) <= SHORT:
                    return value
                if lists and type(value) is list and inputs.small:
                    return value
        return otherwise(inputs)

    return fill


def _filtered(name: str, container: str | None, apply: Apply, otherwise: Find) -> Find:
    def fill(inputs: Inputs) -> Any:
        found = inputs.body
        if container is not None and type(found) is dict:
            found = found.get(container)
        if type(found) is dict:
            value = found.get(name)
            if type(value) is str:
                made = apply(value)
                if type(made) is str and len(made) <= SHORT:
                    return made
        return otherwise(inputs)

    return fill
