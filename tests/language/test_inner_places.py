"""A part of a scalar is found where it stands in the file, or not at all."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.language.findings import Findings
from gateway.language.yaml12 import Document, documents
from tests.support.thorough import cases

MARK = "${body.x}"


def read(text: str) -> Document:
    (document,) = documents(text.encode(), Findings("a.yaml"))
    return document


def found(text: str, which: int = 0) -> str | None:
    """What the file has at the place of a mark; None where the whole scalar is named instead."""
    document = read(text)
    value = document.value["a"]
    at = -1
    for _ in range(which + 1):
        at = value.index(MARK, at + 1)
    place = document.inner_place(("a",), (at, at + len(MARK)))
    if place == document.value_place(("a",)) and value != MARK:
        return None
    line = text.split("\n")[place.line - 1]
    assert place.end_line == place.line
    return line[place.column - 1 : place.end_column - 1]


@pytest.mark.parametrize(
    "text",
    [
        f"a: {MARK}",
        f"a: b {MARK} c # d",
        f"a: b\n  \u00e9\U0001f600 {MARK}\n\n  c",
        f"a: 'it''s {MARK}'",
        f"a: 'it''s\n\n   {MARK} ''c'''",
        f'a: "b \\"{MARK}\\" c"',
        f'a: "b \\\\ \\/ {MARK}"',
        f"a: |\n  b\n\n    c {MARK}\n  d",
        f"a: |+2\n    {MARK}\n\n",
        f"a: >-\n  b\n  {MARK} c\n",
        f"{{z: 1, a: 'b {MARK}'}}",
    ],
)
def test_a_part_of_a_scalar_of_any_style_is_found(text: str) -> None:
    assert found(text) == MARK


def test_a_text_that_is_there_twice_has_two_places() -> None:
    text = f"a: {MARK} {MARK}"
    document = read(text)
    first, second = (document.inner_place(("a",), (at, at + 9)).column for at in (0, 10))
    assert (first, second) == (4, 14)


def test_behind_an_escape_that_stands_for_something_else_the_whole_scalar_is_named() -> None:
    assert found(f'a: "b\\n{MARK}"') is None
    assert found(f'a: "{MARK}\\n"') == MARK


words = st.text("ab '\"\\/\n\té\U0001f600:#-", max_size=12)


@settings(max_examples=cases(400), deadline=None, database=None)
@given(words, words, st.sampled_from([None, "'", '"', "|", ">"]), st.integers(20, 80))
def test_no_place_is_wrong(before: str, after: str, style: str | None, width: int) -> None:
    value = before + MARK + after
    text = yaml.dump({"a": value}, default_style=style, width=width, allow_unicode=True)
    if read(text).value["a"] != value:
        return
    assert found(text) in (MARK, None)
