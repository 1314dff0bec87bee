"""Rules inside rules: what a plan calls as strict as before accepts nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.language.decode import convert
from gateway.language.spec import Hook
from gateway.plan.subjects import rules
from tests.plan.strictness import against_the_matcher
from tests.support.thorough import cases

Written = dict[str, Any]


def body(**conditions: Any) -> Written:
    return {"body": conditions}


def hook(match: Written) -> Hook:
    return convert({"name": "a", "workflow": "http://localhost/", "match": match})


def test_what_is_called_as_strict_as_before_opens_nothing() -> None:
    found = against_the_matcher(cases(2_000), 1)
    assert found.shown > found.cases * 0.2


KINDS: list[tuple[Written, Written, str]] = [
    (body(a=1), {**body(a=1), "any": [body(b=1), body(b=2)]}, "rule-tightened"),
    ({"any": [body(a=1)]}, {"any": [body(a=1), body(b=2)]}, "rule-loosened"),
    (body(a={"in": [1, 2]}), {"any": [body(a=1), body(a=2)]}, "rule-reworded"),
    ({"not": body(a={"prefix": "ab"})}, {"not": body(a={"prefix": "a"})}, "rule-tightened"),
    ({"not": {"any": [body(a=1), body(b=1)]}}, {"not": body(a=1)}, "rule-loosened"),
    ({"not": {"all": [body(a=1), body(b=1)]}}, {"not": body(a=1)}, "rule-tightened"),
    ({"any": [body(a=1)]}, {"any": [body(a={"pattern": "a"})]}, "rule-changed"),
    ({"any": [body(a=1), body(b=1)], **body(c=1)}, {"any": [body(a=1), body(b=1)]}, "rule-removed"),
    # a header of several lines can begin with a text, and is never another than one
    ({"headers": {"A": {"ne": "b"}}}, {"headers": {"A": {"prefix": "a"}}}, "rule-changed"),
    ({"not": {"headers": {"A": "b"}}}, {"any": [{"headers": {"A": "a"}}]}, "rule-changed"),
    (
        {"headers": {"A": {"ne": "b"}}},
        {"headers": {"A": {"prefix": "a", "ne": "b"}}},
        "rule-tightened",
    ),
]


@pytest.mark.parametrize(("old", "new", "kind"), KINDS)
def test_rules_are_compared_as_a_whole_where_alternatives_changed(
    old: Written, new: Written, kind: str
) -> None:
    assert [one.kind for one in rules.compare(hook(old), hook(new))] == [kind]


SAME: list[tuple[Written, Written]] = [
    ({"any": [body(a=1), body(b=2)]}, {"any": [body(b=2), body(a=1)]}),
    ({"all": [body(a=1), {"all": [body(b=1)]}]}, body(a=1, b=1)),
    ({"not": body(a={"gt": 5})}, body(a={"lte": 5})),
    ({"not": {"not": body(a=1)}}, body(a=1)),
    ({"not": {"any": [body(a=1), body(b=1)]}}, {"not": body(a=1), "all": [{"not": body(b=1)}]}),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_the_same_in_other_words_is_no_change(old: Written, new: Written) -> None:
    assert rules.meaning(hook(old)) == rules.meaning(hook(new))


def test_rules_with_too_many_alternatives_are_a_risk_and_not_compared() -> None:
    many: Written = {"all": [{"any": [body(**{f"a{i}": 1}), body(b=i)]} for i in range(7)]}
    (change,) = rules.compare(hook(many), hook({**many, "not": body(c=1)}))
    assert change.kind == "rule-changed"
    assert rules.meaning(hook(many)) == rules.meaning(hook({**many}))
