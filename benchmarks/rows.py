"""Figures in words, each with its target, for a terminal or for a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

COLUMNS = ("", "median", "worst round", "target")


@dataclass(frozen=True)
class Row:
    """What was measured, in words; `met` is None where there is no target."""

    what: str
    median: str
    worst: str
    target: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """What stands in the table."""
        verdict = "" if self.met is None else f"{self.target}: {'met' if self.met else 'not met'}"
        return self.what, self.median, self.worst, verdict


def as_terminal(facts: Mapping[str, str], rows: Sequence[Row]) -> None:
    """For people at a terminal."""
    console = Console(soft_wrap=True, highlight=False)
    for label, text in facts.items():
        console.print(f"[bold]{label:>16}[/]  {text}")
    table = Table(*COLUMNS, box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*row.cells, style="red" if row.met is False else None)
    console.print(table)


def as_markdown(facts: Mapping[str, str], rows: Sequence[Row]) -> str:
    """For a file."""
    head = [f"- {label}: {text}" for label, text in facts.items()]
    table = ["| " + " | ".join(cells) + " |" for cells in (COLUMNS, *(row.cells for row in rows))]
    return "\n".join([*head, "", table[0], "|---|---:|---:|---|", *table[1:]])
