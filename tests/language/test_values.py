"""Values are compared by their JSON types, and a path says exactly one way."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.language.values import json_equal, ordered, parse_path


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        ("1", "1"),
        (None, None),
        (True, True),
        ([1, {"a": 2}], [1.0, {"a": 2.0}]),
        ({}, {}),
    ],
)
def test_values_of_one_json_type_are_equal(a: Any, b: Any) -> None:
    assert json_equal(a, b)
    assert json_equal(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, "1"),
        (1, True),
        (0, False),
        (None, False),
        (None, ""),
        ([], {}),
        ([1], [True]),
        ({"a": 1}, {"a": True}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1, 2], [2, 1]),
        (2**53 + 1, float(2**53)),
    ],
)
def test_values_that_only_look_alike_are_not_equal(a: Any, b: Any) -> None:
    assert not json_equal(a, b)
    assert not json_equal(b, a)


def test_only_numbers_and_texts_have_an_order_and_never_among_each_other() -> None:
    assert ordered(1, 2.5) == -1
    assert ordered(2, 2.0) == 0
    assert ordered("b", "a") == 1
    unordered: list[tuple[Any, Any]] = [
        (1, "2"),
        (True, 1),
        (1, False),
        (None, None),
        ([], []),
        (True, True),
    ]
    for a, b in unordered:
        assert ordered(a, b) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("CityName", ("CityName",)),
        ("order.0.sku", ("order", 0, "sku")),
        ("order.007", ("order", "007")),
        ("order.\N{SUPERSCRIPT TWO}", ("order", "\N{SUPERSCRIPT TWO}")),
        ("/order.total", ("order.total",)),
        ("/a~1b/~01/0", ("a/b", "~1", 0)),
        ("/", ("",)),
        ("9" * 500, ("9" * 500,)),
    ],
)
def test_a_path_has_one_reading(text: str, path: tuple[str | int, ...]) -> None:
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "a..b", ".a", "a.", "/a~2", "/a~"])
def test_a_path_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"dotted path|JSON Pointer"):
        parse_path(text)
