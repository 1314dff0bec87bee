"""Scalars are those of YAML 1.2, and every value knows where it stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gateway.language.diagnostic import Place
from gateway.language.findings import Findings
from gateway.language.literals import plain, text_of
from gateway.language.values import kind_of
from gateway.language.yaml12 import Document, documents
from gateway.language.yaml12.characters import lines_of


def read(text: str | bytes) -> tuple[list[Document], set[str]]:
    """The documents of a file, and the codes of what is wrong with it."""
    findings = Findings("hooks.d/read.yaml")
    data = text if isinstance(text, bytes) else text.encode()
    return documents(data, findings), {one.code for one in findings.sorted()}


def value_of(text: str) -> Any:
    (document,), codes = read(text)
    assert not codes
    return document.value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(
            (text, text)
            for text in ("yes", "no", "on", "off", "y", "n", "YES", "No", "tRue", "NuLL")
        ),
        *((text, text) for text in ("12:30", "12:30:45", "1:20", "190:20:30", "2026-01-01")),
        *((text, text) for text in ("0755", "00420", "-012", "+08", "0o8", "0xfg", "0b101")),
        *((text, text) for text in ("1_000", "1,000", "1.2.3", "1e", "e1", ".", "1-", "0x", "=")),
        *((text, None) for text in ("~", "null", "Null", "NULL", "")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        *(("0", 0), ("-0", 0), ("42", 42), ("+7", 7), ("-7", -7), ("0x1F", 31), ("0o17", 15)),
        *((str(2**64 - 1), 2**64 - 1), (str(-(2**63)), -(2**63))),
        *(("1.5", Decimal("1.5")), ("-.5", Decimal("-0.5")), ("1e3", Decimal(1000))),
        *(('"no"', "no"), ("'42'", "42"), ('"\\u00e9\\t"', "é\t"), ("'it''s'", "it's")),
        *(("|\n  a\n  b\n", "a\nb\n"), (">-\n  a\n  b\n", "a b"), ("a b\n  c", "a b c")),
        *(("[]", []), ("{}", {}), ("[a, [1]]", ["a", [1]]), ("{a: {b: }}", {"a": {"b": None}})),
    ],
)
def test_a_scalar_is_what_yaml_1_2_has_it(written: str, value: Any) -> None:
    found = value_of(f"k: {written}")["k"]
    assert found == value
    assert kind_of(found) == kind_of(value)


@pytest.mark.parametrize(
    "written",
    [
        "1.10",
        "12345678901234567890.5",
        "0.1",
        "1e3",
        "1E+3",
        "-0.0",
        ".5",
        "+1.5E-2",
        "1.",
        "1e-400",
    ],
)
def test_a_number_has_its_digits_and_its_text(written: str) -> None:
    found = value_of(f"k: {written}")["k"]
    assert isinstance(found, Decimal)
    assert found == Decimal(written)
    assert text_of(found) == written


@pytest.mark.parametrize("written", ["0", "-0", "+7", "0x1F", "0o17", "18446744073709551615"])
def test_a_whole_number_has_its_text(written: str) -> None:
    assert text_of(value_of(f"k: {written}")["k"]) == written


@pytest.mark.parametrize("written", ["true", "True", "FALSE", "null", "~", "NULL", ""])
def test_a_constant_has_its_text_where_text_counts(written: str) -> None:
    (document,), _ = read(f"a: {{b: [{{c: {written} }}]}}\nd: {written}\n")
    value = document.with_literals([("a", "b"), ("x", "y")])
    assert text_of(value["a"]["b"][0]["c"]) == written
    assert plain(value) == document.value
    assert value["d"] is document.value["d"]


@pytest.mark.parametrize(
    "written",
    [".inf", "-.Inf", "+.INF", ".nan", ".NaN", "1e999", f"1e-{10**19}", "9" * 20],
)
def test_a_number_that_json_lacks_is_refused(written: str) -> None:
    (document,), codes = read(f"k: {written}")
    assert codes == {"number-range"}
    assert not document.sound


TEXT = """\
# a comment
name: \N{LATIN SMALL LETTER E WITH ACUTE}t\N{LATIN SMALL LETTER E WITH ACUTE}
list:
  - first
  - {key: "a b", empty: }
block: |
  one
  two
last: {a: [1, 2]}
"""

PLACES = [
    ((), "value", Place(2, 1, 9, 18)),
    (("name",), "key", Place(2, 1, 2, 5)),
    (("name",), "value", Place(2, 7, 2, 10)),
    (("list",), "value", Place(4, 3, 5, 26)),
    (("list", 0), "value", Place(4, 5, 4, 10)),
    (("list", 1), "key", Place(5, 5, 5, 26)),
    (("list", 1, "key"), "value", Place(5, 11, 5, 16)),
    (("list", 1, "empty"), "value", Place(5, 18, 5, 23)),
    (("block",), "value", Place(6, 8, 9, 1)),
    (("last", "a", 1), "value", Place(9, 15, 9, 16)),
    (("last", "nothing", "there"), "value", Place(9, 7, 9, 18)),
    (("list", 7), "key", Place(4, 3, 5, 26)),
]


@pytest.mark.parametrize(("steps", "on", "place"), PLACES)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_place_counts_lines_and_characters_as_an_editor_does(
    steps: tuple[str | int, ...], on: str, place: Place, ends: str, mark: bytes
) -> None:
    (document,), codes = read(mark + TEXT.replace("\n", ends).encode())
    assert not codes
    found = document.key_place(steps) if on == "key" else document.value_place(steps)
    assert found == place


def test_the_lines_of_a_file_are_those_that_places_count() -> None:
    assert lines_of(b"\xef\xbb\xbfa\r\nb\rc\n\xff") == ["a", "b", "c", "\N{REPLACEMENT CHARACTER}"]


def test_a_file_has_its_documents_in_order_and_empty_ones_do_not_count() -> None:
    found, codes = read("a: 1\n---\n# nothing\n---\nb: 2\n...\n---\nc: 3\n")
    assert not codes
    assert [document.value for document in found] == [{"a": 1}, {"b": 2}, {"c": 3}]
    assert [document.index for document in found] == [0, 2, 3]


def test_a_mistake_in_one_document_leaves_those_before_it_sound() -> None:
    found, codes = read("a: 1\n---\nb: {\n---\nc: 3\n")
    assert codes == {"syntax"}
    assert [(document.sound, document.complete) for document in found] == [
        (True, True),
        (False, False),
    ]


def test_depth_is_bounded_for_every_kind_of_nesting() -> None:
    for opening, closing in (("[", "]"), ("{k: ", "}"), ("[{k: ", "}]")):
        deepest = 63 // len(closing)
        assert not read(f"k: {opening * deepest}1{closing * deepest}")[1]
        assert read(f"k: {opening * 65}1{closing * 65}")[1] == {"too-deep"}
