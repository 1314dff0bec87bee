"""A path finds the one value that it names, or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.paths import ASTRAY, MISSING, compile_path
from gateway.language.values import parse_path
from tests.compile import strategies
from tests.compile.reference import ELSEWHERE, NOTHING, segments, tag, walk
from tests.support.thorough import cases

DOCUMENT: dict[str, Any] = {
    "CityName": "Paris",
    "order": {"total": 12.5, "items": [{"sku": "A"}, {"sku": "B"}], "note": None},
    "order.total": 1,
    "a/b": {"~": 2},
    "0": {"1": "member"},
    "": 3,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("CityName", "Paris"),
        ("order.total", 12.5),
        ("/order.total", 1),
        ("order.items.1.sku", "B"),
        ("/order/items/0", {"sku": "A"}),
        ("/a~1b/~0", 2),
        ("0.1", "member"),
        ("/", 3),
        ("order.note", None),
    ],
)
def test_a_path_leads_to_its_value(path: str, value: Any) -> None:
    assert compile_path(parse_path(path))(DOCUMENT) == value


@pytest.mark.parametrize(
    "path",
    [
        "cityname",
        "order.items.2",
        "order.items.999999999999999999",
        "order.note.deeper",
        "/order/",
        "1",
    ],
)
def test_a_path_to_nowhere_is_missing(path: str) -> None:
    assert compile_path(parse_path(path))(DOCUMENT) is MISSING


@pytest.mark.parametrize(
    "path", ["order.items.sku", "order.items.-1", "order.total.0", "CityName.0", "CityName.a.b"]
)
def test_a_path_through_a_value_without_an_inside_leads_astray(path: str) -> None:
    assert compile_path(parse_path(path))(DOCUMENT) is ASTRAY


@pytest.mark.parametrize("body", [[{"a": 1}], "a", 1, True])
def test_the_body_itself_may_have_no_inside(body: Any) -> None:
    assert compile_path(parse_path("a"))(body) is ASTRAY


@settings(max_examples=cases(300), deadline=None)
@given(st.sampled_from(strategies.PATHS), strategies.bodies)
def test_paths_walk_as_the_rules_read(path: str, body: Any) -> None:
    found = compile_path(parse_path(path))(body)
    expected = walk(tag(body), segments(path))
    nothing = {id(MISSING): NOTHING, id(ASTRAY): ELSEWHERE}
    assert (nothing.get(id(found)) or tag(found)) == expected


def test_what_is_missing_shows_as_such() -> None:
    assert (repr(MISSING), repr(ASTRAY)) == ("MISSING", "ASTRAY")
