"""The matcher says what the rules say, for every request, and tells no value."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from gateway.compile.body import Received
from gateway.compile.matcher import compile_match
from gateway.compile.multipart_form import FILE
from gateway.language.spec.match import Elements, Operators
from gateway.language.spec.rules import Match
from tests.compile import strategies
from tests.compile.nested import holds
from tests.compile.reading import Request, accepts
from tests.support.exchanges import fields_of
from tests.support.thorough import cases

Headers = list[tuple[bytes, bytes]]
Kind = Literal["json", "form", "multipart", "none"]


def matches(match: Match, body: Any = None, kind: Kind = "json") -> bool:
    return compile_match(match)(Received(kind, body), {}, {}) is None


def pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")


def agree(match: Match, kind: Kind, body: Any, query: dict[str, Any], headers: Headers) -> None:
    request = Request(kind, body, query, headers)
    assert holds(match, request) == accepts(match, request)


@settings(max_examples=cases(500), deadline=None)
@given(strategies.body_matches, strategies.bodies)
def test_json_is_matched_as_the_rules_read(match: Match, body: Any) -> None:
    agree(match, "json", body, {}, [])


@settings(max_examples=cases(300), deadline=None)
@given(strategies.body_matches, st.sampled_from(["form", "multipart"]), strategies.parameters)
def test_forms_are_matched_as_the_rules_read(
    match: Match, kind: Literal["form", "multipart"], body: dict[str, Any]
) -> None:
    agree(match, kind, body, {}, [])


@settings(max_examples=cases(300), deadline=None)
@given(strategies.query_matches, strategies.parameters)
def test_queries_are_matched_as_the_rules_read(match: Match, query: dict[str, Any]) -> None:
    agree(match, "none", None, query, [])


@settings(max_examples=cases(300), deadline=None)
@given(strategies.header_matches, strategies.headers)
def test_headers_are_matched_as_the_rules_read(match: Match, headers: Headers) -> None:
    agree(match, "none", None, {}, headers)


@settings(max_examples=cases(500), deadline=None)
@given(strategies.met(strategies.alike_objects))
def test_look_alikes_of_json_are_told_apart_as_the_rules_read(
    met: tuple[Any, dict[str, Any]],
) -> None:
    conditions, body = met
    agree(Match(body=_pointed(conditions)), "json", body, {}, [])


@settings(max_examples=cases(500), deadline=None)
@given(strategies.met(strategies.parameters))
def test_look_alikes_of_texts_are_told_apart_as_the_rules_read(
    met: tuple[Any, dict[str, Any]],
) -> None:
    conditions, parameters = met
    agree(Match(body=_pointed(conditions)), "form", parameters, {}, [])
    agree(Match(query=conditions), "none", None, parameters, [])


def _pointed(conditions: dict[str, Any]) -> dict[str, Any]:
    return {pointer(name): condition for name, condition in conditions.items()}


def test_a_form_is_compared_as_text_and_json_by_type() -> None:
    match = Match(body={"n": 1, "ok": True})
    assert matches(match, {"n": 1, "ok": True}, "json")
    assert not matches(match, {"n": "1", "ok": "true"}, "json")
    assert matches(match, {"n": "1", "ok": "true"}, "form")
    assert matches(match, {"n": "1", "ok": "true"}, "multipart")


@settings(max_examples=cases(200), deadline=None)
@given(strategies.whole_matches, strategies.bodies, strategies.parameters, strategies.headers)
def test_all_sources_must_hold_together(
    match: Match, body: Any, query: dict[str, Any], headers: Headers
) -> None:
    agree(match, "json", body, query, headers)


@settings(max_examples=cases(200), deadline=None)
@given(strategies.body_matches)
def test_in_an_absent_body_every_parameter_is_missing(match: Match) -> None:
    agree(match, "none", None, {}, [])


@settings(max_examples=50, deadline=None)
@given(strategies.body_matches)
def test_a_request_that_can_have_no_body_is_never_what_a_rule_on_it_means(match: Match) -> None:
    assert compile_match(match)(None, {}, {}) is not None


def test_without_rules_everything_matches_and_no_body_is_needed() -> None:
    for matcher in (compile_match(UNSET), compile_match(Match())):
        assert matcher(None, {}, {}) is None
        assert not matcher.needs_body


def test_only_rules_on_the_body_need_it() -> None:
    assert compile_match(Match(body={"a": 1})).needs_body
    assert not compile_match(Match(query={"a": "1"}, headers={"A": "1"})).needs_body


@pytest.mark.parametrize("body", [{"CityName": "Rome"}, {"CityName": ["Paris"]}, {}, [], None, 1])
def test_only_the_intended_value_matches(body: Any) -> None:
    match = Match(body={"CityName": "Paris"})
    assert matches(match, {"CityName": "Paris", "more": 1})
    assert not matches(match, body)


@pytest.mark.parametrize(
    ("match", "sentence"),
    [
        (Match(body={"b.c": "secret"}), "The body parameter 'b.c' is missing."),
        (Match(body={"a": "secret"}), "The body parameter 'a' does not match."),
        (
            Match(body={"a": Operators(prefix="sent", in_=["secret"])}),
            "The body parameter 'a' does not match: 'in' does not hold.",
        ),
        (
            Match(body={"a": Operators(exists=False)}),
            "The body parameter 'a' does not match: 'exists' does not hold.",
        ),
        (Match(query={"q": Operators(exists=True)}), "The query parameter 'q' is missing."),
        (Match(headers={"X-Event": "secret"}), "The header 'X-Event' does not match."),
    ],
)
def test_the_sentence_names_parameter_and_operator_and_no_value(
    match: Match, sentence: str
) -> None:
    received = Received("json", {"a": "sent"})
    mismatch = compile_match(match)(received, {}, {b"x-event": b"sent"})
    assert mismatch is not None
    assert mismatch.detail == sentence


OF_ANOTHER_KIND: list[tuple[Any, Any, str]] = [
    (Operators(gte=100), "100", "'gte' does not hold: the value is text, not a number"),
    (Operators(lt=100), None, "'lt' does not hold: the value is null, not a number"),
    (Operators(gt="b"), 5, "'gt' does not hold: the value is a number, not text"),
    (Operators(lte=100), 101, "'lte' does not hold"),
    (
        Operators(length=2),
        12,
        "'length' does not hold: the value is a number, not text, an array or an object",
    ),
    (Operators(length=2), "canary", "'length' does not hold"),
    (
        Operators(contains="a"),
        {"a": 1},
        "'contains' does not hold: the value is an object, not text or an array",
    ),
    (Operators(contains=5), "5", "'contains' does not hold: the value is text, not an array"),
    (Operators(contains="a"), ["b"], "'contains' does not hold"),
    (Operators(pattern="^1"), 12, "'pattern' does not hold: the value is a number, not text"),
    (Operators(any=Elements(5)), 5, "'any' does not hold: the value is a number, not an array"),
    (Operators(any=Elements(5)), ["5"], "'any' does not hold"),
    (Operators(ne=5), "5", "'ne' does not hold: the value is text, not a number"),
    (
        Operators(in_=["a", True]),
        1,
        "'in' does not hold: the value is a number, not text, true or false",
    ),
    (Operators(in_=["a", None]), 1, "'in' does not hold"),
    (5, "canary", "the value is text, not a number"),
    (None, "canary", ""),
    ("canary", "other", ""),
]


@pytest.mark.parametrize(("condition", "sent", "why"), OF_ANOTHER_KIND)
def test_a_value_of_another_kind_is_told_by_its_kind(condition: Any, sent: Any, why: str) -> None:
    mismatch = compile_match(Match(body={"a": condition}))(Received("json", {"a": sent}), {}, {})
    assert mismatch is not None
    expected = "The body parameter 'a' does not match"
    assert mismatch.detail == (f"{expected}: {why}." if why else f"{expected}.")
    assert mismatch.reason == f"match.body.a: {mismatch.detail}"


@pytest.mark.parametrize(
    ("condition", "sent", "why"),
    [
        (Operators(gte=100), "many", ": 'gte' does not hold: the value is not a number."),
        (Operators(gte=100), "99", ": 'gte' does not hold."),
        (
            Operators(gte=100),
            ["100", "100"],
            ": 'gte' does not hold: the value is an array, not text.",
        ),
        (5, "6", "."),
        (5, ["5", "5"], ": the value is an array, not text."),
        (
            Operators(any=Elements("a")),
            "a",
            ": 'any' does not hold: the value is text, not an array.",
        ),
        (Operators(prefix="a"), FILE, ": 'prefix' does not hold: the value is a file, not text."),
    ],
)
def test_in_a_form_every_value_is_of_the_kind_of_text(condition: Any, sent: Any, why: str) -> None:
    matcher = compile_match(Match(body={"a": condition}))
    mismatch = matcher(Received("form", {"a": sent}), {}, {})
    assert mismatch is not None
    assert mismatch.detail == f"The body parameter 'a' does not match{why}"


def test_of_a_header_of_several_lines_no_kind_is_told() -> None:
    match = compile_match(Match(headers={"X-N": Operators(prefix="a")}))
    mismatch = match(Received("none", None), {}, {b"x-n": [b"b", b"c"]})
    assert mismatch is not None
    assert mismatch.detail == "The header 'X-N' does not match: 'prefix' does not hold."


def test_what_a_path_does_not_reach_is_of_no_kind() -> None:
    match = compile_match(Match(body={"a.b": Operators(gte=1)}))
    mismatch = match(Received("json", {"a": "text"}), {}, {})
    assert mismatch is not None
    assert mismatch.detail == "The body parameter 'a.b' does not match: 'gte' does not hold."


def test_a_repeated_parameter_is_never_equal_to_one_value() -> None:
    query = {"city": ["Paris", "Paris"]}
    assert compile_match(Match(query={"city": "Paris"}))(None, query, {}) is not None
    any_paris = Match(query={"city": Operators(any=Elements("Paris"))})
    assert compile_match(any_paris)(None, query, {}) is None


@pytest.mark.parametrize("operators", [{"ne": ["a"]}, {"ne": []}, {"not_in": [["a"], "b"]}])
def test_no_denial_of_a_list_holds_for_a_header_of_several_lines(operators: Any) -> None:
    match = compile_match(Match(headers={"X-B": Operators(**operators)}))
    assert match(Received("none", None), {}, {b"x-b": [b"", b""]}) is not None


def test_a_header_is_found_in_any_case_and_repeated_ones_are_one_list() -> None:
    headers = [(b"x-tag", b"a"), (b"host", b"x"), (b"x-tag", b"b")]
    assert compile_match(Match(headers={"X-TAG": "a, b"}))(None, {}, fields_of(headers)) is None
    assert compile_match(Match(headers={"x-tag": "a"}))(None, {}, fields_of(headers)) is not None


def test_two_spellings_of_one_header_are_both_asked() -> None:
    match = Match(headers={"X-Tag": Operators(prefix="a"), "x-tag": Operators(suffix="z")})
    assert compile_match(match)(None, {}, {b"x-tag": b"az"}) is None
    assert compile_match(match)(None, {}, {b"x-tag": b"ab"}) is not None
    assert compile_match(match)(None, {}, {b"x-tag": b"bz"}) is not None


@pytest.mark.parametrize("value", ["Zürich".encode(), "Zürich".encode("latin-1")])
def test_a_header_beyond_ascii_has_a_text(value: bytes) -> None:
    match = Match(headers={"X-City": "Zürich"})
    assert compile_match(match)(None, {}, {b"x-city": value}) is None


def test_what_is_as_deep_as_json_may_be_is_compared() -> None:
    deep: Any = 1
    for _ in range(63):
        deep = [deep]
    assert matches(Match(body={"a": Operators(eq=deep)}), {"a": deep})
    assert not matches(Match(body={"a": Operators(eq=[deep])}), {"a": deep})
