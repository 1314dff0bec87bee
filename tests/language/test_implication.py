"""What is said to be as strict accepts nothing that the other refuses; the plain cases are seen."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import product

import pytest

from gateway.language.implication import implies
from gateway.language.operands import Demand, demands_of
from gateway.language.spec.match import OPERATORS, Condition, Elements, Operators
from tests.plan import world

ACCEPTED = [world.accepted(condition) for condition in world.CONDITIONS]
DEMANDS = [demands_of(condition) for condition in world.CONDITIONS]
PLACES = range(len(world.CONDITIONS))


def test_of_two_conditions_the_stricter_is_never_mistaken() -> None:
    implied = [(i, j) for i, j in product(PLACES, PLACES) if implies(DEMANDS[i], DEMANDS[j])]
    wrong = [(i, j) for i, j in implied if ACCEPTED[i] & ~ACCEPTED[j]]
    assert [(world.CONDITIONS[i], world.CONDITIONS[j]) for i, j in wrong] == []
    assert {name for i, _ in implied for name, _ in DEMANDS[i]} == set(OPERATORS)


def test_of_several_conditions_the_stricter_is_never_mistaken() -> None:
    chance = random.Random(1)  # noqa: S311 - repeatable on purpose
    implied = 0
    for _ in range(20_000):
        given, wanted = chance.sample(PLACES, 2), chance.sample(PLACES, chance.choice([1, 2]))
        if implies(_together(given), _together(wanted)):
            implied += 1
            assert not _accepted_by_all(given) & ~_accepted_by_all(wanted), (given, wanted)
    assert implied > 1_000


def _together(places: list[int]) -> list[Demand]:
    return [demand for place in places for demand in DEMANDS[place]]


def _accepted_by_all(places: list[int]) -> int:
    accepted = -1
    for place in places:
        accepted &= ACCEPTED[place]
    return accepted


Rule = Condition | dict[str, Condition]


def one_is(rule: Rule) -> Operators:
    return Operators(any=Elements(rule))


def all_are(rule: Rule) -> Operators:
    return Operators(all=Elements(rule))


def none_is(rule: Rule) -> Operators:
    return Operators(none=Elements(rule))


# the stricter, the looser; seen in one direction only
STRICTER: list[tuple[Condition, Condition]] = [
    ("a", Operators(in_=["a", "b"])),
    (Operators(in_=["a", "b"]), Operators(in_=["c", "b", "a"])),
    (Operators(in_=["a", "b"], ne="b"), Operators(in_=["a", "c"])),
    (Operators(not_in=["a", "b"]), Operators(ne="a")),
    (Operators(not_in=["a", "b"]), Operators(not_in=["a"])),
    ("a", Operators(ne="b")),
    ("a", Operators(exists=True)),
    (Operators(prefix="a"), Operators(exists=True)),
    (Operators(exists=False), Operators(ne="a")),
    (Operators(exists=False), none_is("a")),
    (7, Operators(gt=5)),
    (Operators(in_=[7, 9]), Operators(gt=5, lte=9)),
    (Operators(gt=7), Operators(gt=5)),
    (Operators(gt=5), Operators(gte=5)),
    (Operators(gte=6), Operators(gt=5)),
    (Operators(lt=5), Operators(lt=7)),
    (Operators(lt=5), Operators(lte=5)),
    (Operators(lte=4), Operators(lt=5)),
    (Operators(gt="b"), Operators(gt="a")),
    (Operators(gt=5), Operators(ne=5)),
    (Operators(gte=1, lt=5), Operators(gte=1)),
    (Operators(prefix="order."), Operators(prefix="order")),
    (Operators(suffix=".created"), Operators(suffix="created")),
    (Operators(prefix="order."), Operators(contains="der")),
    (Operators(prefix="order."), Operators(ne="invoice")),
    ("order.created", Operators(prefix="order.", suffix="created", contains=".")),
    ("order.created", Operators(pattern="^order")),
    (Operators(pattern="^a", exists=True, ne="a"), Operators(pattern="^a")),
    (["a", "b"], Operators(contains="a")),
    (one_is("a"), one_is(Operators(in_=["a", "b"]))),
    (all_are(Operators(gt=5)), all_are(Operators(gt=1))),
    (none_is(Operators(gt=1)), none_is(Operators(gt=5))),
    (one_is({"sku": "B", "n": Operators(gt=1)}), one_is({"/sku": Operators(exists=True)})),
    (Operators(any=Elements("a"), all=Elements("a")), one_is("a")),
]

# the same in other words
SAME: list[tuple[Condition, Condition]] = [
    ("a", Operators(eq="a")),
    ("a", Operators(in_=["a"])),
    (Operators(in_=["a", "b"]), Operators(in_=["b", "a"])),
    (Operators(ne="a"), Operators(not_in=["a"])),
    (Operators(gte=Decimal("1.0")), Operators(gte=1)),
    (one_is("a"), one_is(Operators(eq="a"))),
    (one_is({"a.b": 1}), one_is({"/a/b": 1})),
    (none_is({"a": 1}), none_is({"a": Operators(in_=[1])})),
]

# neither is stricter: each accepts what the other refuses, or nobody can tell
NEITHER: list[tuple[Condition, Condition]] = [
    ("a", "b"),
    (1, True),
    (1, "1"),
    (1, Decimal("1.0")),  # a form tells them apart
    (Operators(gt=5), Operators(gt="5")),
    (Operators(contains="ab"), Operators(contains="a")),  # ["ab"] contains the one alone
    (Operators(pattern="^ab"), Operators(pattern="^a")),
    (one_is("a"), all_are("a")),
    (Operators(ne="a"), Operators(exists=True)),
    (Operators(exists=True), Operators(exists=False)),
    (Operators(gt=1), Operators(lt=5)),
]


@pytest.mark.parametrize(("strict", "loose"), STRICTER)
def test_what_is_stricter_is_seen_in_that_direction_alone(
    strict: Condition, loose: Condition
) -> None:
    assert implies(demands_of(strict), demands_of(loose))
    assert not implies(demands_of(loose), demands_of(strict))


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_words_is_seen_in_both_directions(
    one: Condition, other: Condition
) -> None:
    assert implies(demands_of(one), demands_of(other))
    assert implies(demands_of(other), demands_of(one))


@pytest.mark.parametrize(("one", "other"), NEITHER)
def test_what_cannot_be_told_is_not_called_stricter(one: Condition, other: Condition) -> None:
    assert not implies(demands_of(one), demands_of(other))
    assert not implies(demands_of(other), demands_of(one))
