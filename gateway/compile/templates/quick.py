"""JSON that is made of a JSON body without a call for each template in it.

Most templates read a member of the body, or of a member of it, through at most one filter. Where
the whole body is short, none of them has to be judged: what is made is measured once, at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.compile.paths import MISSING
from gateway.compile.payload import JSON, Payload
from gateway.compile.templates.blame import Where
from gateway.compile.templates.data import compile_data, unescaped
from gateway.compile.templates.inputs import HEADROOM, Inputs
from gateway.compile.templates.plain import (
    NO_VALUE,
    Apply,
    Boxes,
    Fill,
    Places,
    applied,
    compile_first,
    compile_joined,
    constant,
    is_hook,
)
from gateway.language.literals import encode_json
from gateway.language.template import Expression, Template, is_template, parse

if TYPE_CHECKING:  # a worker reads no YAML
    from gateway.language.yaml12 import Steps

MOST = 4 * HEADROOM
"""Bytes of the body, as often as there are templates: more are counted while they are made."""

_EMPTY: dict[str, Any] = {}


class Quick(msgspec.Struct, frozen=True):
    """Makes the payload of a body of at most `most` bytes; None where it cannot, and the templates
    must be filled in one by one. It raises Unmappable. `alone` says that it needs no inputs.
    """

    most: int
    alone: bool
    make: Callable[[Any, Inputs | None], Payload | None]


def compile_quick(data: dict[str, Any], hook: str, where: Where) -> Quick | None:
    """What fills in an object that the hook sends; None where that is not quicker."""
    plan = _Plan(hook, where)
    fill = plan.filled(data, data.items(), ("workflow", "data")).compiled()
    if not plan.quick:
        return None
    make = _making(tuple(plan.places.containers), fill)
    return Quick(MOST // plan.quick, not plan.others, make)


def _making(names: tuple[str, ...], fill: Fill) -> Callable[[Any, Inputs | None], Payload | None]:
    # Of several names it gives a tuple.
    found = itemgetter(*names, names[0]) if names else lambda _body: ()

    def make(body: Any, inputs: Inputs | None) -> Payload | None:
        try:
            boxes: Boxes = (body, *found(body))
        except KeyError:
            boxes = (body, *(body.get(name, _EMPTY) for name in names))
        except TypeError:
            return None
        try:
            made = encode_json(fill(boxes, inputs))
        except NO_VALUE:
            return None
        return Payload(made, JSON) if len(made) <= HEADROOM else None

    return make


class _Container:
    """An object or an array that is filled in: its fixed parts, and what stands at its keys."""

    def __init__(self, skeleton: Any) -> None:
        self.skeleton = skeleton
        self.plain: list[tuple[Any, int, str]] = []
        self.filtered: list[tuple[Any, int, str, Apply | None, Any]] = []
        self.lenient: list[tuple[Any, int, str, Any, Any]] = []
        self.inner: list[tuple[Any, Fill]] = []

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same for all requests."""
        return not (self.plain or self.filtered or self.lenient or self.inner)

    def compiled(self) -> Fill:
        """What fills it in: what is there is taken, whatever it is."""
        skeleton, plain, filtered = self.skeleton, tuple(self.plain), tuple(self.filtered)
        lenient, inner = tuple(self.lenient), tuple(self.inner)

        def fill(boxes: Boxes, inputs: Inputs | None) -> Any:
            made = skeleton.copy()
            for key, box, name in plain:
                made[key] = boxes[box][name]
            for key, box, name, apply, argument in filtered:
                made[key] = apply(boxes[box][name], argument)  # type: ignore[misc]
            for key, box, name, missing, null in lenient:
                value = boxes[box].get(name, missing)
                made[key] = null if value is None else value
                if value is MISSING:
                    del made[key]
            for key, find in inner:
                made[key] = value = find(boxes, inputs)
                if value is MISSING:
                    del made[key]
            return made

        return fill


class _Plan:
    """Compiles the values of an object. `quick` counts the templates that are quick, `others` the
    values that need the inputs.
    """

    def __init__(self, hook: str, where: Where) -> None:
        self._hook = hook
        self._where = where
        self.places = Places()
        self.quick = 0
        self.others = 0

    def filled(self, data: Any, items: Iterable[tuple[Any, Any]], steps: Steps) -> _Container:
        """An object or an array; `items` are its values with their keys."""
        made = _Container(unescaped(data))
        for key, value in items:
            self._put(made, key, value, (*steps, key))
        return made

    def _put(self, made: _Container, key: Any, value: Any, steps: Steps) -> None:
        fill: Fill | None = None
        if isinstance(value, str) and is_template(value):
            template = parse(value)
            if isinstance(template, str) or self._is_put(made, key, template.exact):
                return
            fill = self._made(template) or self._other(value, steps)
        elif isinstance(value, list) and any(map(_may_be_left_out, value)):
            fill = self._other(value, steps)
        elif isinstance(value, (dict, list)):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            inside = self.filled(value, items, steps)
            if inside.is_fixed:
                made.skeleton[key] = inside.skeleton
            else:
                fill = inside.compiled()
        if fill is not None:
            made.inner.append((key, fill))

    def _is_put(self, made: _Container, key: Any, exact: Expression | None) -> bool:
        """Put what needs no call of its own; whether there is such a way."""
        if exact is None:
            return False
        first, *more = exact.alternatives
        if is_hook(first):
            made.skeleton[key] = self._hook
            return True
        at, filtered = self.places.of(first.operand), applied(first.filters)
        if at is None or filtered is None:
            return False
        if not more and not exact.optional:
            if first.filters:
                made.filtered.append((key, *at, *filtered))
            else:
                made.plain.append((key, *at))
        elif first.filters or not _is_lenient(exact):
            return False
        else:
            default = MISSING if exact.optional else constant(more[0])
            made.lenient.append((key, *at, default, None if exact.optional else default))
        self.quick += 1
        return True

    def _made(self, template: Template) -> Fill | None:
        exact = template.exact
        if exact is None:
            fill = compile_joined(template, self._hook, self.places)
        else:
            fill = compile_first(exact, self.places)
        parts = template.expressions
        self.quick += 0 if fill is None else sum(len(one.alternatives) for one in parts)
        return fill

    def _other(self, value: Any, steps: Steps) -> Fill:
        find = compile_data(value, steps, self._where)
        assert find is not None  # noqa: S101 - it has a template
        self.others += 1
        return lambda _boxes, inputs: find(inputs)  # type: ignore[arg-type]


def _may_be_left_out(value: Any) -> bool:
    """Whether an element of an array is not always there."""
    template = parse(value) if isinstance(value, str) else value
    exact = template.exact if isinstance(template, Template) else None
    return exact is not None and (exact.optional or any(one.filters for one in exact.alternatives))


def _is_lenient(exact: Expression) -> bool:
    """Whether one input is left out, or has a literal as its default."""
    more = exact.alternatives[1:]
    if exact.optional:
        return not more
    return len(more) == 1 and constant(more[0]) is not MISSING
