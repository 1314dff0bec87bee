"""Expressions that read members of a JSON body, as what finds them without a call for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import getitem
from typing import Any

from gateway.compile.paths import MISSING
from gateway.compile.templates.filters import MISFIT, scalar_text
from gateway.compile.templates.inputs import Inputs, names_of
from gateway.language.template import (
    Call,
    Chain,
    Constant,
    Expression,
    Operand,
    Reference,
    Template,
)

Boxes = Sequence[Any]
"""The body, and the members of it that contain what is read; an empty object for one that is
missing.
"""
Fill = Callable[[Boxes, Inputs | None], Any]
"""It raises one of NO_VALUE where the inputs have to be looked at one by one."""
Apply = Callable[[Any, Any], Any]
Place = tuple[int, str]
"""The box of a value, and its name there."""

NO_VALUE = (KeyError, TypeError, AttributeError)
"""What comes of a value that is missing, or of a kind that does not fit."""
_BLANKS = " \t\n\r\v\f"


class Places:
    """Where what is read stands: `containers` are the boxes behind the body, by their names."""

    def __init__(self) -> None:
        self.containers: dict[str, int] = {}

    def of(self, operand: Operand) -> Place | None:
        """The place of an input; None for one that is not in the body, or deeper in it."""
        if not isinstance(operand, Reference) or operand.root != "body":
            return None
        names = names_of(operand.path)
        if names is None:
            return None
        name, container = names
        if container is None:
            return 0, name
        return self.containers.setdefault(container, len(self.containers) + 1), name


def is_hook(chain: Chain) -> bool:
    """Whether it is the name of the hook, which is known before a request."""
    operand = chain.operand
    return isinstance(operand, Reference) and operand.root == "hook" and not chain.filters


def constant(chain: Chain) -> Any:
    """The value of a literal; MISSING for what is none."""
    if isinstance(chain.operand, Constant) and not chain.filters:
        return chain.operand.value
    return MISSING


def applied(calls: tuple[Call, ...]) -> tuple[Apply | None, Any] | None:
    """A filter of text and its argument, or no filter; None for others. Its application raises
    one of NO_VALUE for a value that it does not take.
    """
    if not calls:
        return None, None
    make = _FILTERS.get(calls[0].name)
    return None if make is None or len(calls) > 1 else make(*calls[0].arguments)


_FILTERS: dict[str, Callable[..., tuple[Apply, Any]]] = {
    "lower": lambda: (lambda text, _: str.lower(text), None),
    "upper": lambda: (lambda text, _: str.upper(text), None),
    "trim": lambda: (str.strip, _BLANKS),
    "first": lambda count: (getitem, slice(count)),
    "last": lambda count: (getitem, slice(-count, None)),
    "strip_prefix": lambda text: (str.removeprefix, text),
    "strip_suffix": lambda text: (str.removesuffix, text),
}


def compile_first(expression: Expression, places: Places) -> Fill | None:
    """The first of several inputs that is there and not null; behind them can be a literal."""
    chains = expression.alternatives
    default = constant(chains[-1])
    inputs = chains if default is MISSING else chains[:-1]
    found = [None if one.filters else places.of(one.operand) for one in inputs]
    if None in found or (expression.optional and default is not MISSING):
        return None
    ways = tuple(one for one in found if one is not None)
    optional = expression.optional

    def first(boxes: Boxes, _inputs: Inputs | None) -> Any:
        value = default
        for box, name in ways:
            value = boxes[box].get(name, MISSING)
            if value is not None and value is not MISSING:
                return value
        if default is not MISSING:
            return default
        if value is MISSING and not optional:
            raise KeyError
        return value

    return first


def compile_joined(template: Template, hook: str, places: Places) -> Fill | None:
    """The text of a template with inputs between its texts; None where others are in it."""
    parts = [
        _part(one, hook, places) if isinstance(one, Expression) else one for one in template.parts
    ]
    if template.exact is not None or None in parts:
        return None
    pieces = [one if isinstance(one, str) else "" for one in parts]
    filled = tuple((at, *one) for at, one in enumerate(parts) if isinstance(one, tuple))

    def join(boxes: Boxes, _inputs: Inputs | None) -> str:
        made = pieces.copy()
        for at, box, name, default, apply, argument in filled:
            value = boxes[box].get(name)
            if value is None:
                value = default
            elif apply is not None:
                value = apply(value, argument)
            made[at] = value if type(value) is str else _text(value)
        return "".join(made)

    return join


def _part(
    expression: Expression, hook: str, places: Places
) -> str | tuple[int, str, str | None, Apply | None, Any] | None:
    first, *more = expression.alternatives
    if is_hook(first):
        return hook
    at, filtered = places.of(first.operand), applied(first.filters)
    default = constant(more[0]) if len(more) == 1 else None
    if at is None or filtered is None or len(more) > 1 or (more and type(default) is not str):
        return None
    return (*at, default, *filtered)


def _text(value: Any) -> str:
    found = scalar_text(value)
    if found is MISFIT:
        raise TypeError
    return str(found)
