"""The pages that are written from the code lead where they say, and their examples hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.language.codes import CODES
from gateway.language.findings import Findings
from gateway.language.reference import diagnostics_page, language_page
from gateway.language.reference.chapters import CHAPTERS, MORE, chapters, scalars
from gateway.language.schema import hook_schema
from gateway.language.yaml12 import documents

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "language.md": language_page(),
    "diagnostics.md": diagnostics_page(),
    "ci.md": (DOCS / "ci.md").read_text(encoding="utf-8"),
}


def anchors(page: str) -> set[str]:
    """The names of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert len(kept) == len(set(kept))
    return set(kept)


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    prose = re.sub(r"``.*?``|`[^`]*`", "", PAGES[name])
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        file, _, anchor = target.partition("#")
        page = (DOCS / file).read_text(encoding="utf-8") if file else PAGES[name]
        assert not anchor or anchor in anchors(page), target


def test_every_definition_has_one_section() -> None:
    told = ["Hook", *(name for names in chapters().values() for name in names)]
    named = {name for name, one in hook_schema()["$defs"].items() if one not in scalars()}
    assert sorted(told) == sorted(named)


def test_every_key_of_a_hook_with_keys_of_its_own_has_a_chapter() -> None:
    known = hook_schema()["$defs"]["Hook"]["properties"]
    assert CHAPTERS.keys() <= known.keys()
    assert MORE.keys() <= hook_schema()["$defs"].keys()


def test_every_key_stands_in_the_table_of_its_section() -> None:
    for name, definition in hook_schema()["$defs"].items():
        _, _, rest = PAGES["language.md"].partition(f"# {definition['title']}\n")
        section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
        assert section, name
        for key in definition.get("properties", ()):
            assert f"\n| `{key}` | " in section, (name, key)


def test_every_example_is_yaml_without_mistakes() -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGES["language.md"], re.MULTILINE | re.DOTALL)
    assert len(blocks) > 30
    for block in blocks:
        findings = Findings("example.yaml")
        documents(block.encode(), findings)
        assert not findings.sorted(), block


def test_every_code_has_its_section() -> None:
    for code in CODES.values():
        assert (
            f"### `{code.name}`\n\n**{code.title}** ({code.severity}). " in PAGES["diagnostics.md"]
        )
