"""Operands of rules that are filled in from the request, and their tests.

What cannot be filled in, or is of a kind that the operator does not take, cannot be judged: the
condition does not hold, and neither does its `not`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from gateway.compile.comparisons import TEXT, Comparison, Test, Verdict
from gateway.compile.multipart_form import FILE
from gateway.compile.operators import BUILDERS, OF_ELEMENTS, compile_condition, element_test
from gateway.compile.paths import MISSING
from gateway.compile.templates.blame import Blame, Spot
from gateway.compile.templates.data import compile_data
from gateway.compile.templates.expressions import compile_expression, compile_text
from gateway.compile.templates.inputs import Find, Inputs
from gateway.errors import Unmappable
from gateway.language.literals import ConstantLiteral, text_of
from gateway.language.operands import FILLED, demands_of
from gateway.language.rules import operators_of
from gateway.language.spec.match import Condition, Elements, Operators
from gateway.language.template import Template, parse

Make = Callable[[Inputs], Test]
"""Makes the test of an operator, for one request."""
Lacking = Callable[[Inputs], str]
"""Says in a sentence which input operands lack, or cannot use."""


def compile_filled(condition: Condition, comparison: Comparison) -> Iterator[tuple[str, Make]]:
    """The operators whose operand is filled in, each with what makes its test. The name of plain
    equality is empty.
    """
    for name, operand in filled_operands(condition):
        if isinstance(operand, Elements):
            yield name, _of_elements(name, operand, comparison)
        else:
            yield name, _of_value(name, operand, comparison)


def filled_operands(condition: Condition) -> Iterator[tuple[str, Any]]:
    """The operands that are filled in, as they are written, by their operators."""
    written = operators_of(condition) if isinstance(condition, Operators) else {"": condition}
    for (name, operand), (demand, _) in zip(written.items(), demands_of(condition), strict=True):
        if demand.startswith(FILLED):
            yield name, operand


def compared(operand: Any) -> Find:
    """What a value is compared with; elements are, as they are written."""
    return (lambda _inputs: operand) if isinstance(operand, Elements) else filled(operand)


def filled(operand: Any) -> Find:
    """What fills in an operand: MISSING where an input is not there, or would be too large."""
    fill = compile_data(operand, (), lambda _steps: "", compile_value)
    assert fill is not None  # noqa: S101 - it has a template

    def find(inputs: Inputs) -> Any:
        try:
            return inputs.apart(fill)
        except Unmappable:
            return MISSING

    return find


def lacking(texts: Iterable[str]) -> Lacking:
    """What says why operands cannot be filled in, and nothing where they can. It is asked of a rule
    that has failed.
    """
    fills = [(_fill(one), one) for one in map(parse, texts) if isinstance(one, Template)]

    def said(inputs: Inputs) -> str:
        for fill, template in fills:
            try:
                if inputs.apart(fill) is MISSING:  # left out by `?`
                    return f"{Blame.of(template).what} is missing."
            except Unmappable as error:
                return error.detail
        return ""

    return said


def _fill(template: Template) -> Find:
    return compile_value(template, "match")


def compile_value(template: Template, where: Spot | str) -> Find:
    """What fills in a template: the value of one expression keeps its type. Nothing of it is sent,
    and nothing is encoded.
    """
    if template.exact is None:
        return compile_text(template, where)
    return compile_expression(template.exact, _unchanged, where)


def _unchanged(_inputs: Inputs, value: Any, _blame: Blame) -> Any:
    return value


def _of_value(name: str, operand: Any, comparison: Comparison) -> Make:
    find, operator, text = filled(operand), name or "eq", comparison is TEXT
    build = BUILDERS[operator]

    def make(inputs: Inputs) -> Test:
        value = find(inputs)
        if text and operator in ("prefix", "suffix") and _is_scalar(value):
            value = text_of(value)
        return build(comparison, value) if _fits(operator, text, value) else _unjudged

    return make


def _of_elements(name: str, elements: Elements, comparison: Comparison) -> Make:
    rule = elements.rule
    rules = rule if isinstance(rule, dict) else {None: rule}
    fixed = [
        (path, test)
        for path, one in rules.items()
        for _, test in compile_condition(one, comparison)
    ]
    makers = [
        (path, make) for path, one in rules.items() for _, make in compile_filled(one, comparison)
    ]
    among = OF_ELEMENTS[name]

    def make(inputs: Inputs) -> Test:
        return among(element_test([*fixed, *((path, make(inputs)) for path, make in makers)]))

    return make


def _unjudged(_value: Any) -> Verdict:
    return None


def _fits(name: str, text: bool, value: Any) -> bool:
    """Whether an operator can compare with a value; `text` says that it compares with texts."""
    if value is MISSING or _has_file(value):
        return False
    if name in ("gt", "gte", "lt", "lte"):
        return type(value) in (str, int, float, Decimal)
    if name in ("prefix", "suffix"):
        return type(value) is str and value != ""
    if name in ("in", "not_in"):
        return bool(value) and not (text and not all(map(_has_text, value)))
    return not (text and not _has_text(value)) and (name != "contains" or value != "")


def _is_scalar(value: Any) -> bool:
    """Whether a template may have given what has a text; literals beside it have theirs."""
    return isinstance(value, (str, bool, int, float, Decimal, ConstantLiteral))


def _has_text(value: Any) -> bool:
    """Whether a form, a query or a header can carry a value, or several."""
    if type(value) is list:
        return all(_is_scalar(one) and text_of(one) is not None for one in value)
    return _is_scalar(value) and text_of(value) is not None


def _has_file(value: Any) -> bool:
    if type(value) is dict:
        return any(map(_has_file, value.values()))
    return any(map(_has_file, value)) if type(value) is list else value is FILE
