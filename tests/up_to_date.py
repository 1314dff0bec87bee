"""Files that are written from the code are what the code would write: `--write` writes them."""

from __future__ import annotations

import sys
from pathlib import Path

from gateway.language.reference import diagnostics_page, language_page
from gateway.language.schema import schema_text
from tests.plan.page import plan_page

WRITTEN = {
    "schemas/hook.schema.json": schema_text,
    "docs/language.md": language_page,
    "docs/diagnostics.md": diagnostics_page,
    "docs/plan.md": plan_page,
}
"""Path from the top of the repository → what makes its text."""


def stale(top: Path) -> list[str]:
    """The files that differ from what the code would write."""
    return [
        name
        for name, make in WRITTEN.items()
        if not (top / name).is_file() or (top / name).read_text(encoding="utf-8") != make()
    ]


def main() -> int:
    """Compare, or write. Exit status 1 when a file differs."""
    top = Path(__file__).resolve().parent.parent
    found = stale(top)
    if "--write" in sys.argv[1:]:
        for name in found:
            (top / name).write_text(WRITTEN[name](), encoding="utf-8")
        return 0
    for name in found:
        print(f"{name} is not up to date: make schema", file=sys.stderr)  # noqa: T201 - a command
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
