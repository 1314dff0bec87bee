"""Conditions whose operands are filled in, as tests on the parameters of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.compile.comparisons import TEXT, Test
from gateway.compile.paths import MISSING, Finder
from gateway.compile.request_parts import (
    FORM,
    JSON,
    Conditions,
    Source,
    fitted,
    judged_name,
    needed_by,
)
from gateway.compile.values import Holds, Values
from gateway.language.operands import is_filled, texts_of
from gateway.language.rules import SourceName
from gateway.language.spec.match import Condition

if TYPE_CHECKING:
    from gateway.compile.operands import Lacking, Make


class FilledIn(NamedTuple):
    """An operator on one parameter whose operand is filled in; that of plain equality is empty.
    `lacking` says why it cannot be, and `unmet` that the parameter is of another kind.
    """

    name: str
    operator: str
    holds: Holds
    lacking: Lacking
    unmet: Callable[[Values], str]


def filled_in(source: Source, conditions: Conditions, wanted: bool) -> Iterator[FilledIn]:
    """The operators that compare with what is filled in: whether they hold, or with `wanted`
    false whether they are judged and do not hold. JSON stands for a form too.
    """
    for name, condition in conditions.items():
        if not is_filled(condition):
            continue
        # With templates, which other hooks do without.
        from gateway.compile.operands import compile_filled, filled_operands, lacking

        typed = compile_filled(condition, source.comparison)
        text = compile_filled(condition, TEXT)
        operands = filled_operands(condition)
        for (operator, make), (_, in_form), (_, operand) in zip(typed, text, operands, strict=True):
            fit = partial(fitted, source, operator, wanted)
            leaf = judged_name(source, name), source.find(name)
            holds = _on_filled(source.key, leaf, (make, in_form), fit)
            unmet = _unmet(source, leaf, operator, operand)
            yield FilledIn(name, operator, holds, lacking(_texts(condition, operator)), unmet)


def _texts(condition: Condition, operator: str) -> list[str]:
    """The texts of one operator's operand; the way to those of others begins with their name."""
    found = texts_of((), condition)
    return [text for steps, text in found if not operator or steps[0] == operator]


def _on_filled(
    key: SourceName,
    leaf: tuple[str, Finder],
    makers: tuple[Make, Make],
    fit: Callable[[Test], Test],
) -> Holds:
    (name, find), (typed, text) = leaf, makers

    def holds(values: Values) -> bool:
        value, unclear = values.of(key)
        if values.inputs is None or name in unclear:
            return False
        make = typed if values.typed or key != "body" else text
        return bool(fit(make(values.inputs))(find(value)))

    return holds


def _unmet(
    source: Source, leaf: tuple[str, Finder], operator: str, operand: Any
) -> Callable[[Values], str]:
    """That the value is of another kind than the one which is filled in."""
    from gateway.compile.operands import compared  # with templates, see above

    _, find = leaf
    fill = compared(operand)

    def unmet(values: Values) -> str:
        value, _ = values.of(source.key)
        part = FORM if source is JSON and not values.typed else source
        with_it = MISSING if values.inputs is None else fill(values.inputs)
        return "" if with_it is MISSING else needed_by(part, operator, with_it).unmet(find(value))

    return unmet
