"""What is said of operators that stand together is what the matcher does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from gateway.compile.comparisons import TEXT, TYPED, Comparison
from gateway.compile.operators import compile_condition
from gateway.compile.paths import MISSING
from gateway.language.implication import implies
from gateway.language.lint.operators import check
from gateway.language.literals import text_of
from gateway.language.mistake import Mistake
from gateway.language.operands import demands_of
from gateway.language.spec import Hook, Match, Operators
from gateway.language.spec.match import Elements
from tests.compile.strategies import NUMBERS, TEXTS, operators, plain
from tests.support.thorough import cases

hypothesis = settings(
    max_examples=cases(300), deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
SCALARS = [None, True, False, *TEXTS, *NUMBERS, "aba", "ba", "b1", 50, 0.5, -10, 10**9]
VALUES: list[Any] = [MISSING, *SCALARS, [], {}, [1], ["a"], ["a", "b"], [None], [[1]], {"a": 1}]
_few = operators(st.builds(Elements, plain))


@st.composite
def conditions(draw: st.DrawFn) -> Operators:
    """Up to four operators on one value."""
    written = msgspec.structs.asdict(draw(_few)) | {
        name: operand
        for name, operand in msgspec.structs.asdict(draw(_few)).items()
        if operand is not UNSET
    }
    return Operators(**written)


def said(written: Operators) -> list[Mistake]:
    """What the check says of a condition."""
    hook = Hook(name="a", workflow="http://a", match=Match(query={"a": written}))
    return list(check(hook))


def satisfying(written: Operators, values: list[Any], comparison: Comparison) -> list[Any]:
    """Which of some values satisfy a condition."""
    tests = [test for _, test in compile_condition(written, comparison)]
    return [value for value in values if all(test(value) for test in tests)]


def as_text(values: list[Any]) -> list[Any]:
    """What a form would carry for these values."""
    return [value if value is MISSING else _form(value) for value in values]


def _form(value: Any) -> Any:
    if isinstance(value, list):
        return [text_of(one) or "" for one in value]
    return text_of(value) or ""


def candidates(written: Operators) -> list[Any]:
    """Many values, among them those that the condition speaks of."""
    return [*VALUES, *_operands(written)]


def _operands(written: Operators) -> Iterator[Any]:
    for operand in msgspec.structs.asdict(written).values():
        if operand is not UNSET and not isinstance(operand, Elements):
            yield operand
            yield [operand]
            if isinstance(operand, list):
                yield from operand


@hypothesis
@given(conditions())
def test_a_contradiction_is_satisfied_by_nothing(written: Operators) -> None:
    for one in said(written):
        if one.code == "contradiction":
            values = candidates(written)
            assert not satisfying(written, values, TYPED)
            if "the other is text" not in one.message:
                assert not satisfying(written, as_text(values), TEXT)


@hypothesis
@given(conditions())
def test_an_operator_without_effect_can_be_removed(written: Operators) -> None:
    for one in said(written):
        if one.code == "unreachable" and one.on == "key":
            field = f"{one.steps[-1]}_" if one.steps[-1] == "in" else str(one.steps[-1])
            less = msgspec.structs.replace(written, **{field: UNSET})
            values = candidates(written)
            for given_values, comparison in ((values, TYPED), (as_text(values), TEXT)):
                with_it = satisfying(written, given_values, comparison)
                assert with_it == satisfying(less, given_values, comparison), one


@hypothesis
@given(conditions())
def test_a_value_that_is_never_reached_satisfies_nothing(written: Operators) -> None:
    for one in said(written):
        if one.code == "unreachable" and "never reached" in one.message:
            assert not isinstance(written.in_, msgspec.UnsetType)
            value = written.in_[int(one.steps[-1])]
            assert not satisfying(written, [value], TYPED)
            assert not satisfying(written, as_text([value]), TEXT)


MANY = 10_000


def test_long_lists_are_compared_by_sets_and_not_value_by_value() -> None:
    """Pair by pair this would be 10⁸ comparisons, far beyond what a test may take."""
    texts, others = [f"v{n}" for n in range(MANY)], [f"w{n}" for n in range(MANY)]
    rule = Operators(in_=texts, not_in=others)
    assert not list(check(many(rule)))
    given, wanted = (demands_of(one) for one in (Operators(in_=texts), Operators(not_in=others)))
    assert implies(given, wanted)
    assert not implies(wanted, demands_of(Operators(not_in=texts)))


def many(rule: Operators) -> Hook:
    return Hook(
        name="many",
        method="POST",
        authentication="none",
        match=Match(body={"a": rule}),
        workflow="http://127.0.0.1:9/",
    )
