"""Parameters survive the way there and back, and broken ones are refused."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.compile.forms import (
    MAX_ESCAPES,
    MAX_PARAMETERS,
    decode_urlencoded,
    encode_form,
    flatten,
)
from gateway.errors import Malformed
from tests.support.thorough import cases

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@pytest.mark.parametrize(
    ("data", "parameters"),
    [
        (b"", {}),
        (b"a=1", {"a": "1"}),
        (b"a=1&b=2&a=3&a=", {"a": ["1", "3", ""], "b": "2"}),
        (b"a", {"a": ""}),
        (b"=a", {"": "a"}),
        (b"&&a=1&", {"a": "1"}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a+b=c%20d%2B", {"a b": "c d+"}),
        (b"%63ity=Z%C3%BCrich", {"city": "Zürich"}),
        ("city=Zürich".encode(), {"city": "Zürich"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
        (b"a=%2500", {"a": "%00"}),
        (b"a[0]=1", {"a[0]": "1"}),
    ],
)
def test_parameters_are_decoded(data: bytes, parameters: dict[str, Any]) -> None:
    assert decode_urlencoded(data, "The form") == parameters


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a=%", "hexadecimal"),
        (b"a=%4", "hexadecimal"),
        (b"%zz=1", "hexadecimal"),
        (b"a=%%41", "hexadecimal"),
        (b"a=%u0041", "hexadecimal"),
        (b"a=%ff", "UTF-8"),
        (b"a=\xff", "UTF-8"),
        (b"a=%ED%A0%80", "UTF-8"),
        (b"a=%C0%80", "UTF-8"),
        (b"%C3=1", "UTF-8"),
        (b"a=%00", "NUL"),
        (b"a\0b=1", "NUL"),
        (b"a=1&" * MAX_PARAMETERS, "more than 1000"),
    ],
)
def test_broken_parameters_are_malformed(data: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=f"^The query .*{reason}"):
        decode_urlencoded(data, "The query")


def test_a_thousand_parameters_are_not_too_many() -> None:
    data = b"&".join(b"a=1" for _ in range(MAX_PARAMETERS))
    assert decode_urlencoded(data, "The form") == {"a": ["1"] * MAX_PARAMETERS}


@settings(max_examples=cases(300), deadline=None)
@given(st.dictionaries(_TEXT, _TEXT | st.lists(_TEXT, min_size=2, max_size=3), max_size=4))
def test_a_form_comes_back_as_it_went(parameters: dict[str, Any]) -> None:
    assert decode_urlencoded(encode_form(parameters), "The form") == parameters


@settings(max_examples=cases(500), deadline=None)
@given(
    st.binary(max_size=30) | st.text(alphabet="ab=&%0123cCeEfF+;\0", max_size=20).map(str.encode)
)
def test_any_bytes_are_parameters_or_malformed(data: bytes) -> None:
    with suppress(Malformed):
        parameters = decode_urlencoded(data, "The form")
        assert decode_urlencoded(encode_form(parameters), "The form") == parameters


def test_values_that_are_no_text_travel_as_their_json() -> None:
    parameters = {
        "text": "a b&",
        "number": 1.50,
        "true": True,
        "null": None,
        "list": [1, "a", [2], {"b": 3}],
        "none": [],
        "object": {"é": 1},
    }
    assert flatten(parameters) == (
        ("text", "a b&"),
        ("number", "1.5"),
        ("true", "true"),
        ("null", "null"),
        ("list", "1"),
        ("list", "a"),
        ("list", "[2]"),
        ("list", '{"b":3}'),
        ("object", '{"é":1}'),
    )
    assert encode_form({"a": "b c&", "é": [1, 2]}) == b"a=b+c%26&%C3%A9=1&%C3%A9=2"


@pytest.mark.parametrize("filler", range(4))
def test_a_long_value_is_decoded_whole(filler: int) -> None:
    text = "x" * filler + "\u00e9 +%" * 20_000
    assert decode_urlencoded(urlencode({"a": text}).encode(), "The form") == {"a": text}


def test_more_escapes_than_a_usual_body_can_have_are_refused() -> None:
    with pytest.raises(Malformed, match="percent-encoded"):
        decode_urlencoded(b"a=" + b"%41" * (MAX_ESCAPES + 1), "The form")
