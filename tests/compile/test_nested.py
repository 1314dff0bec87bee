"""`any`, `all` and `not`: what holds, what does not, and what cannot be judged."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.compile.body import Received
from gateway.compile.matcher import compile_match
from gateway.compile.templates.inputs import Inputs
from gateway.language.decode import convert
from gateway.language.spec.rules import Match
from tests.compile.nested import against_the_reference, holds
from tests.compile.reading import Request
from tests.support.exchanges import an_exchange
from tests.support.thorough import cases


def match(**written: Any) -> Match:
    hook = convert(
        {"name": "a", "authentication": "none", "workflow": "http://localhost/", "match": written}
    )
    assert isinstance(hook.match, Match)
    return hook.match


def body(**conditions: Any) -> dict[str, Any]:
    return {"body": conditions}


def json(**value: Any) -> Request:
    return Request("json", value)


def test_rules_inside_rules_are_matched_as_a_plain_reading_of_three_values_has_it() -> None:
    number = cases(3_000)
    accepted = against_the_reference(number, 1)
    assert 0.03 < accepted / number < 0.97


KINDS: list[Any] = [None, True, "5000", 5000, 5, [5], [], {"a": 5}, {}, "", "ab"]
NEEDY: list[tuple[str, Any, list[Any]]] = [
    ("gt", 1000, [5]),
    ("gte", 1000, [5]),
    ("lt", 1000, [5000]),
    ("lte", 1000, [5000]),
    ("gt", "6", ["5000", ""]),
    ("prefix", "a", ["5000", ""]),
    ("suffix", "b", ["5000", ""]),
    ("contains", "b", ["5000", [], ""]),
    ("pattern", "^a", ["5000", ""]),
    ("any", 5, [[]]),
    ("all", 6, [[5]]),
    ("length", 2, ["5000", [5], [], {"a": 5}, {}, ""]),
]
"""What `not` of an operator accepts of KINDS: nothing that it cannot judge, least of all nothing.
"""


@pytest.mark.parametrize(("name", "operand", "excluded"), NEEDY)
def test_not_of_an_operator_accepts_only_what_it_can_judge(
    name: str, operand: Any, excluded: list[Any]
) -> None:
    rule = match(**{"not": body(a={name: operand})})
    assert [one for one in KINDS if holds(rule, json(a=one))] == excluded
    assert not holds(rule, json())
    assert not holds(rule, Request("json", "text"))


OPPOSITE = [
    ({"eq": "ab"}, {"ne": "ab"}),
    ({"in": ["ab", 5]}, {"not_in": ["ab", 5]}),
    ({"gt": 5}, {"lte": 5}),
    ({"gte": 5}, {"lt": 5}),
    ({"exists": True}, {"exists": False}),
]


@pytest.mark.parametrize(("one", "other"), OPPOSITE)
def test_not_of_an_operator_is_its_counterpart(one: Any, other: Any) -> None:
    for condition, counterpart in ((one, other), (other, one)):
        denied, meant = match(**{"not": body(a=condition)}), match(**body(a=counterpart))
        for request in [json(), Request("json", []), *(json(a=value) for value in KINDS)]:
            assert holds(denied, request) == holds(meant, request), (condition, request)


def test_a_denial_of_a_repeated_header_is_not_judged() -> None:
    lines = Request(headers=[(b"x-a", b"a"), (b"x-a", b"b")])
    for condition in ("b", {"prefix": "b"}, {"suffix": "a"}, {"pattern": "^b"}, {"in": ["b"]}):
        assert not holds(match(**{"not": {"headers": {"X-A": condition}}}), lines)
    assert holds(match(**{"not": {"headers": {"X-A": {"contains": "c"}}}}), lines)
    assert holds(match(**{"not": {"headers": {"X-A": {"exists": False}}}}), lines)


def test_a_name_that_programs_read_differently_is_not_judged_in_its_rule_alone() -> None:
    rule = match(any=[body(mode="admin"), body(kind="a")])
    assert not holds(rule, Request("form", {"mode": "admin", "mode[]": "user"}))
    assert holds(rule, Request("form", {"mode": "admin", "kind": "a", "mode[]": "user"}))
    denied = match(**{"not": {"query": {"mode": "admin"}}})
    assert holds(denied, Request(query={"mode": "user"}))
    assert not holds(denied, Request(query={"mode": "user", "mode[0]": "admin"}))


def test_a_body_that_cannot_be_there_is_judged_by_no_rule() -> None:
    absent = Request("absent", query={"a": "1"})
    assert holds(match(any=[body(a=1), {"query": {"a": "1"}}]), absent)
    assert not holds(match(any=[body(a={"exists": False})]), absent)
    assert not holds(match(**{"not": body(a=1)}), absent)


def test_path_parameters_are_compared_as_text() -> None:
    rule = match(path={"city": {"in": ["paris", "rome"]}}, **{"not": {"path": {"day": 1}}})
    assert holds(rule, Request(path={"city": "rome", "day": "2"}))
    assert not holds(rule, Request(path={"city": "rome", "day": "1"}))
    assert not holds(rule, Request(path={"city": "oslo", "day": "2"}))


REFUSED = [
    (
        match(any=[body(a=1), body(a=2)]),
        "None of the alternatives in 'match.any' holds.",
        "match.any (a.yaml:4)",
    ),
    (
        match(**{"not": body(a=3)}),
        "The request is excluded by 'match.not', or does not have the values to decide that.",
        "match.not (a.yaml:9)",
    ),
    (
        match(all=[body(a=3), body(a=4)]),
        "The body parameter 'a' does not match.",
        "match.all[1].body.a (a.yaml:11)",
    ),
    (
        match(all=[body(a=3), {"any": [body(b=1)]}]),
        "None of the alternatives in 'match.all[1].any' holds.",
        "match.all[1].any",
    ),
    (
        match(path={"city": "rome"}),
        "The path parameter 'city' does not match.",
        "match.path.city",
    ),
]
PLACES = {"match.any": "a.yaml:4", "match.not": "a.yaml:9", "match.all[1].body.a": "a.yaml:11"}


@pytest.mark.parametrize(("rule", "detail", "where"), REFUSED)
def test_the_rule_that_refuses_is_named_with_its_line(rule: Match, detail: str, where: str) -> None:
    matcher = compile_match(rule, PLACES)
    mismatch = matcher(Received("json", {"a": 3}), {}, {}, {"city": "oslo"})
    assert mismatch is not None
    assert mismatch.detail == detail
    assert mismatch.reason == f"{where}: {detail}"


HINT = "; send names without brackets, dots and spaces."
NAMED = [
    ({"not": {"query": {"mode": "a"}}}, {}, {"mode": "b", "mode[]": "a"}, "query parameter 'mode'"),
    ({"not": body(role="a")}, {"role": "b", "role[]": "a"}, {}, "body parameter 'role'"),
    ({"any": [body(**{"a.b": 1}), body(c=2)]}, {"a[b]": "1"}, {}, "body parameter 'a.b'"),
    (
        {"query": {"mode": {"ne": "${body.a}"}}},
        {"a": "b"},
        {"mode[]": "a"},
        "query parameter 'mode'",
    ),
    ({"not": body(role="a")}, {"role": "a", "mode[]": "a"}, {"role[]": "a"}, ""),
    ({"not": {"query": {"role": "a"}}}, {"role[]": "a"}, {"role": "a"}, ""),
]


@pytest.mark.parametrize(("rule", "form", "query", "name"), NAMED)
def test_a_name_that_keeps_a_rule_from_being_judged_is_told(
    rule: dict[str, Any], form: dict[str, str], query: dict[str, str], name: str
) -> None:
    received = Received("form", form)
    inputs = Inputs(an_exchange(), received, query)
    mismatch = compile_match(match(**rule))(received, query, {}, {}, inputs)
    assert mismatch is not None
    assert mismatch.reason.endswith(mismatch.detail)
    _, _, told = mismatch.detail.partition(" has a name that some programs read as the ")
    assert told == (f"{name}{HINT}" if name else "")


def test_only_rules_on_the_body_need_it_wherever_they_stand() -> None:
    assert compile_match(match(any=[{"not": body(a=1)}])).needs_body
    assert compile_match(match(any=[{"not": body(a=1)}])).compares_numbers
    assert not compile_match(match(any=[{"query": {"a": "1"}}])).needs_body
