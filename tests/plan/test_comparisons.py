"""Values that are more than equal or not are compared by what they let in, or out."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.limits import rate_of
from gateway.language.decode import convert
from gateway.plan.subjects import compare
from gateway.runtime.throttle import Pace

RATES = ("1/1s", "2/1s", "2/2s", "60/1m", "5/1m", "3/1s", "120/1m", "100/1h")


def told(key: str, old: object, new: object, **others: object) -> list[str]:
    """The kinds of change between two hooks that differ in one key."""
    hook = {"name": "a", "workflow": "http://w/", **others}
    sides = [{**hook, **({} if one is None else {key: one})} for one in (old, new)]
    return [change.kind for change in compare(*map(convert, sides))]


def taken(rate: str, arrivals: list[float]) -> int:
    """How many of some requests the gateway lets in."""
    pace = Pace()
    return sum(pace.take(rate_of(rate), at) == 0 for at in arrivals)


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=True))
def test_a_rate_that_is_called_lower_never_lets_more_in(chance: Random) -> None:
    start = chance.choice([0.0, 1000.0])
    arrivals = sorted(start + chance.choice([0, 0, 1, 5, 60]) * chance.random() for _ in range(60))
    for old, new in product(RATES, RATES):
        if taken(new, arrivals) > taken(old, arrivals):
            assert told("limits", {"rate": old}, {"rate": new}) == ["limit-raised"], (old, new)


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"rate": "60/1m"}, {"rate": "60/60s"}, []),
        ({"rate": "60/1m"}, {"rate": "1/1s"}, ["limit-lowered"]),  # no burst of sixty
        ({"rate": "1/1s"}, {"rate": "60/1m"}, ["limit-raised"]),
        ({"rate": "60/1m"}, {"rate": "50/1s"}, ["limit-raised"]),
        ({"body": "1024KiB"}, None, []),
        ({"failures": "10/60s"}, None, []),
        ({"concurrency": 4}, None, ["limit-removed"]),
        (None, {"rate_per_client": "1/1s"}, ["limit-lowered"]),
        ({"failures": "5/1m"}, None, ["limit-raised"]),
    ],
)
def test_limits_are_compared_as_they_are_counted(
    old: object, new: object, kinds: list[str]
) -> None:
    assert told("limits", old, new) == kinds


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (["192.0.2.0/25", "192.0.2.128/25"], ["192.0.2.0/24"], []),
        (["192.0.2.0/24"], ["192.0.2.0/25"], ["networks-narrowed"]),
        (["192.0.2.0/25"], ["192.0.2.0/24"], ["networks-widened"]),
        (["192.0.2.7"], ["192.0.2.7/32"], []),
        (["0.0.0.0/0"], ["0.0.0.0/0", "::/0"], ["networks-widened"]),
        (["2001:db8::/32"], ["2001:db8:1::/48"], ["networks-narrowed"]),
        (["192.0.2.7"], None, ["networks-widened"]),
        # an address that nobody knows is not among all of them
        (None, ["0.0.0.0/0", "::/0"], ["networks-narrowed"]),
    ],
)
def test_networks_are_compared_by_the_addresses_in_them(
    old: object, new: object, kinds: list[str]
) -> None:
    assert told("allow_from", old, new) == kinds


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"origins": ["a", "B"]}, {"origins": ["b", "a"]}, []),
        ({"origins": ["a"]}, {"origins": ["a", "b"]}, ["handshake-changed"]),
        ({"origins": ["a", "b"]}, {"origins": ["a"]}, ["handshake-narrowed"]),
        ({"origins": ["a"]}, {}, ["handshake-changed"]),
        ({}, {"rate": 5}, ["handshake-narrowed"]),
        ({"rate": 5}, {"rate": 4}, ["handshake-narrowed"]),
        ({"rate": 5}, {"rate": 6}, ["handshake-changed"]),
        ({"rate": 5}, {"origins": ["a"]}, ["handshake-changed"]),
    ],
)
def test_a_handshake_is_narrower_when_it_lets_less_in(
    old: dict[str, object], new: dict[str, object], kinds: list[str]
) -> None:
    sides = [{"type": "cloudevents", **one} for one in (old, new)]
    assert told("handshake", *sides) == kinds


def test_of_a_credential_that_stands_there_twice_the_later_expiry_counts() -> None:
    soon = {"secret": "a", "expires": "2030-01-01T00:00:00Z"}
    late = {"secret": "a", "expires": "2031-01-01T00:00:00Z"}
    one, both = {"type": "bearer", "tokens": [late]}, {"type": "bearer", "tokens": [soon, late]}
    assert told("authentication", one, both) == []
    assert told("authentication", {**one, "tokens": [soon]}, both) == ["expiry-prolonged"]


SCHEME = {"header": "X-S", "signed": "{body}", "format": "list", "prefix": "v1="}
FURTHER = {"also": [{"prefix": "v0=", "digest": "sha1"}]}


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (SCHEME, {**SCHEME, "digest": "sha256", "separator": ","}, []),
        (SCHEME, {**SCHEME, "header": "x-s"}, []),
        ({**SCHEME, **FURTHER}, SCHEME, ["scheme-narrowed"]),
        (SCHEME, {**SCHEME, **FURTHER}, ["scheme-changed"]),
        (SCHEME, {**SCHEME, "min_key": 1}, ["scheme-changed"]),
        ("github", "meta", []),  # they sign alike
        ("github", "slack", ["scheme-changed"]),
    ],
)
def test_a_scheme_that_is_not_the_same_may_prove_less(
    old: object, new: object, kinds: list[str]
) -> None:
    sides = [
        {"type": "signature", "secrets": [{"secret": "a"}], "scheme": one} for one in (old, new)
    ]
    assert told("authentication", *sides) == kinds


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (None, "1m", ["tolerance-lowered"]),
        ("5m", None, []),
        ("10m", None, ["tolerance-lowered"]),
        (None, "301s", ["tolerance-raised"]),
    ],
)
def test_a_tolerance_that_is_left_out_is_the_senders_own(
    old: object, new: object, kinds: list[str]
) -> None:
    base = {"type": "signature", "secrets": [{"secret": "a"}], "scheme": "slack"}
    sides = [{**base, **({} if one is None else {"tolerance": one})} for one in (old, new)]
    assert told("authentication", *sides) == kinds


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"url": "https://w/a"}, {"url": "https://W:443/a"}, []),
        ({"url": "https://w/a"}, {"url": "https://w:8443/a"}, ["workflow-host-changed"]),
        ({"url": "http://w/a"}, {"url": "https://w/a"}, ["workflow-url-changed"]),
        (
            {"url": "https://w/a"},
            {"url": "http://v/a"},
            ["workflow-host-changed", "workflow-unencrypted"],
        ),
        ({"url": "http://w"}, {"url": "http://w/"}, []),
        ({"url": "http://w/?a"}, {"url": "http://w/?b"}, ["workflow-url-changed"]),
        # bodies that were a 415 or a 422, and with a value of the caller's
        (
            {"url": "http://w/", "body": {"a": 1}},
            {"url": "http://w/"},
            ["caller-chooses-value", "body-unchecked", "workflow-data-changed"],
        ),
        (
            {"url": "http://w/", "format": "form"},
            {"url": "http://w/", "format": "json"},
            ["workflow-format-changed", "body-unchecked"],
        ),
        (
            {"url": "http://w/", "format": "json"},
            {"url": "http://w/", "format": "form"},
            ["workflow-format-changed"],
        ),
    ],
)
def test_workflows_are_compared_by_where_the_data_goes_and_what_it_may_be(
    old: object, new: object, kinds: list[str]
) -> None:
    assert told("workflow", old, new, method="POST") == kinds


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"query": {"a": "1"}}, {"any": [{"query": {"a": "1"}}]}, []),
        ({"not": {"query": {"a": "1"}}}, {"query": {"a": {"ne": "1"}}}, []),
        (None, {"query": {"a": "1"}}, ["handshake-narrowed"]),
        ({"query": {"a": "1"}}, None, ["handshake-changed"]),
        ({"query": {"a": "1"}}, {"headers": {"A": "1"}}, ["handshake-changed"]),
        ({"query": {"a": "1"}}, {"query": {"a": "1"}, "body": {"b": 1}}, ["handshake-changed"]),
    ],
)
def test_the_rules_of_challenges_are_compared_by_the_requests_that_satisfy_them(
    old: object, new: object, kinds: list[str]
) -> None:
    challenge = {"type": "challenge", "challenge": "${query.c}"}
    sides = [{**challenge, **({} if one is None else {"where": one})} for one in (old, new)]
    assert told("handshake", *sides, method="POST") == kinds


def test_what_is_no_handshake_any_more_may_start_the_workflow() -> None:
    challenge = {"type": "challenge", "challenge": "${query.c}"}
    sides = [{**challenge, "where": {"query": {"a": one}}} for one in ({"exists": True}, "1")]
    assert told("handshake", *sides, method=["GET", "POST"]) == ["handshake-unanswered"]


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ({"select": ["a"]}, {"select": ["a.b"]}, ["response-narrowed"]),
        ({"select": ["a.b"]}, {"select": ["a"]}, ["response-widened"]),
        ({"select": ["a", "b"]}, {"select": ["/b", "a"]}, []),
        ({"select": ["a"]}, {"select": ["b"]}, ["response-widened", "response-narrowed"]),
        ("status", "outputs", ["response-widened"]),
        ({"select": ["a"]}, "status", ["response-narrowed"]),
        # the path that comes first decides how much of the other is there
        ({"select": ["a.b", "a"]}, {"select": ["a", "a.b"]}, ["response-widened"]),
    ],
)
def test_answers_are_compared_by_what_callers_see(
    old: object, new: object, kinds: list[str]
) -> None:
    assert told("response", old, new) == kinds
