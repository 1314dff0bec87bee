"""Each kind of change is told as its case file has it."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from gateway.cli.plan_formats import FORMATS, Comparison
from gateway.plan import KINDS, plan
from tests.plan.trees import tree

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))
_HEADING = re.compile(r"^=== (old|new|plan)(?: (.+))?\n", re.MULTILINE)


def sections(text: str) -> dict[str, dict[str, str]]:
    """What stands under `=== old`, `=== new FILE`, `=== plan`: part → file → text."""
    _, *parts = _HEADING.split(text)
    found: dict[str, dict[str, str]] = {"old": {}, "new": {}, "plan": {}}
    for part, file, content in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        found[part][file or "hooks.yaml"] = content
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_change_is_told_as_its_case_has_it(case: Path) -> None:
    found = sections(case.read_text(encoding="utf-8"))
    entries = plan(tree(found["old"]), tree(found["new"]))
    told = click.unstyle(FORMATS["text"](Comparison("old", "new", entries)))
    assert told == found["plan"]["hooks.yaml"]


def test_there_is_a_case_for_each_kind() -> None:
    told = {kind for case in CASES for kind in re.findall(r"\[(.+?)\] ", case.read_text())}
    # No text of a hook leads to these: `test_fields` has them.
    assert set(KINDS) - told == {"unclassified", "internal"}
