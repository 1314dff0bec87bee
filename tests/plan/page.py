"""The table of `docs/plan.md`, which the code writes."""

from __future__ import annotations

from pathlib import Path

from gateway.plan import FAMILIES

PAGE = Path(__file__).parents[2] / "docs" / "plan.md"
_BEGIN, _END = "<!-- kinds -->\n", "<!-- end of kinds -->\n"


def plan_page() -> str:
    """The page as it is, with the table as it must be."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(_BEGIN)
    return before + _BEGIN + _tables() + _END + rest.partition(_END)[2]


def _tables() -> str:
    lines = []
    for title, kinds in FAMILIES.items():
        lines += ["", f"### {title}", "", "| kind | level | means |", "| --- | --- | --- |"]
        lines += [f"| `{kind.name}` | {kind.level} | {kind.text} |" for kind in kinds]
    return "\n".join([*lines, "", ""])
