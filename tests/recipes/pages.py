"""The recipes: each page has one hook, which is kept nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

DIRECTORY = Path(__file__).parents[2] / "docs" / "recipes"
PAGES = {page.stem: page for page in sorted(DIRECTORY.glob("*.md")) if page.stem != "README"}
_BLOCK = re.compile(r"^```yaml\n(name: .*?)^```$", re.MULTILINE | re.DOTALL)
_ENGINE = re.compile(r"^(  url: )https://[^/\n]+", re.MULTILINE)


def hook_of(page: Path) -> str:
    """The hook of a page as it stands there."""
    (hook,) = _BLOCK.findall(page.read_text())
    return str(hook)


def calling(hook: str, url: str) -> str:
    """The hook with its engine at another address; nothing else of it is changed."""
    moved, count = _ENGINE.subn(rf"\g<1>{url}", hook)
    assert count == 1
    return moved
