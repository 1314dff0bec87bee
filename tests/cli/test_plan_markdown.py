"""A plan as a comment: whatever a pull request writes into a hook stays text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from gateway.cli.plan_formats import FORMATS, Comparison
from gateway.plan import Entry, Position
from tests.support.command import called

NASTY = "a`b``c | <b>x</b> @team #12 [l](http://evil/) **b** ![i](x) \\ $x$ www.evil.example"


def rendered(text: str) -> str:
    """The HTML that GitHub makes of it, as far as its Markdown goes."""
    return str(MarkdownIt("commonmark").enable("table").render(text))


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]


def comparison(*entries: Entry) -> Comparison:
    return Comparison("main", "HEAD", entries)


def entry(text: str = NASTY, kind: str = "rule-changed") -> Entry:
    place = Position(f"hooks.d/{text}.yaml", 3, 1)
    return Entry(kind=kind, hook="a", message=text, was=text, now=text, at=place)


def test_what_an_author_wrote_is_never_markup() -> None:
    html = rendered(FORMATS["markdown"](comparison(entry())))
    assert re.findall(r"<(?:a|img|b)[ >]", html) == []
    assert [len(row) for row in cells(html)] == [4, 4]
    assert html.count("&lt;b&gt;") == 5  # message and place, then message and both values


def test_nobody_is_mentioned_and_no_issue_is_referred_to() -> None:
    html = rendered(FORMATS["markdown"](comparison(entry())))
    outside = re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)
    assert "@\u200bteam" in outside
    assert re.findall(r"[@#]\w", outside) == []


def test_no_address_becomes_a_link() -> None:
    told = FORMATS["markdown"](comparison(entry("www.evil.example http://evil.example")))
    outside = re.sub(r"(`+).+?\1", "", told)  # GFM links both where they stand as they are
    assert re.findall(r"www\.|://", outside) == []


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_cannot_be_seen_is_shown(form: str) -> None:
    told = FORMATS[form](comparison(entry("a\u202eb\u200bc\x1b[2Kd\n| e")))
    assert "a\\u202eb\\u200bc\\u001b" in told.replace("\\\\", "\\")
    assert "\u202e" not in told
    assert "\x1b[2K" not in told


def test_a_comment_fits_into_a_comment_and_tells_what_does_not() -> None:
    entries = [entry("x" * 200) for _ in range(500)]
    told = FORMATS["markdown"](comparison(*entries))
    assert 30_000 < len(told) < 65_536
    shown = len(cells(rendered(told))) - 1
    assert f"{500 - shown} more are not shown here" in told


def test_a_real_change_is_a_table_and_its_details(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    hook = "name: a\nauthentication: none\nworkflow: http://w/\nmatch: {query: {'a|`@b': '%s'}}\n"
    for name, value in (("old", "x"), ("new", "y|`@team`")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(hook % value)
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    told = called(capsys, "plan", old, new, "--format", "markdown")[1]
    html = rendered(told)
    assert "<h3>Hooks: 1 risk</h3>" in html
    (_, row) = cells(html)
    assert row[0] == "<strong>risk</strong>"
    assert row[1] == "<code>a</code>"
    assert "'a|`@\u200bb'" in row[2]
    assert row[3] == f"<code>{new}/a.yaml:4</code>"
    assert "<code>&quot;y|`@team`&quot;</code>" in html
