"""What is said to hold for a value holds for every request that carries it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway.compile.comparisons import TEXT, TYPED
from gateway.compile.operators import compile_condition
from gateway.language.holding import holds
from gateway.language.literals import ConstantLiteral, DecimalLiteral, text_of
from gateway.language.rules import operators_of
from tests.plan import world


def alike(value: Any) -> Any:
    """What is equal to a value in JSON: 1.0 for 1, and 1 for 1.0."""
    if isinstance(value, list):
        return [alike(one) for one in value]
    if isinstance(value, dict):
        return {name: alike(one) for name, one in value.items()}
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    other = int(value) if isinstance(value, float) else float(value)
    return other if other == value else value


def as_text(value: Any) -> Any:
    """What a form carries for a value; None where it carries nothing like it."""
    if isinstance(value, list):
        texts = [text_of(one) for one in value]
        return texts if len(texts) > 1 and None not in texts else None
    return text_of(value)


@pytest.mark.parametrize("value", [*world.SCALARS, *world.NESTED], ids=repr)
def test_a_verdict_is_that_of_the_matcher_however_the_value_arrives(value: Any) -> None:
    for condition in world.CONDITIONS:
        ((name, operand),) = operators_of(condition).items()
        verdict = holds(name, operand, value)
        if verdict is None:
            continue
        ((_, typed),), ((_, text),) = (compile_condition(condition, one) for one in (TYPED, TEXT))
        arrived = as_text(value)
        assert {bool(typed(value)), bool(typed(alike(value)))} == {verdict}, (name, operand)
        assert arrived is None or bool(text(arrived)) is verdict, (name, operand)


@pytest.mark.parametrize(
    ("operand", "value", "verdict"),
    [
        (1, 1, True),
        ("a", "a", True),
        ([1, "a"], [1, "a"], True),
        (1, 2, False),
        (1, "a", False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, "a", False),
        (1, 1.0, None),
        (DecimalLiteral(Decimal(1000), "1e3"), 1000, None),
        (ConstantLiteral(True, "True"), True, None),
        (ConstantLiteral(True, "True"), ConstantLiteral(True, "True"), True),
        (ConstantLiteral(True, "True"), False, False),
        (1, "1", None),
        (True, "true", None),
        ([1, 2], ["1", "2"], None),
    ],
)
def test_what_json_and_a_form_tell_differently_depends_on_the_request(
    operand: Any, value: Any, verdict: bool | None
) -> None:
    assert holds("eq", operand, value) is verdict
    assert not (verdict and holds("ne", operand, value))


@pytest.mark.parametrize(
    ("operand", "value", "verdict"),
    [
        ("a", "b", True),
        ("a", None, True),
        (None, "a", True),
        ("a", 1, None),  # in JSON it is of another kind, in a form another text
        ("a", ["b"], False),
        (None, ["b"], None),
        ({"a": 1}, {"a": 2}, True),
        ({"a": 1}, "a", False),
    ],
)
def test_a_value_of_another_kind_is_not_known_to_differ(
    operand: Any, value: Any, verdict: bool | None
) -> None:
    assert holds("ne", operand, value) is verdict
    assert holds("not_in", [operand], value) is verdict
