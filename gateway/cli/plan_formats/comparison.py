"""A plan and what it is between, before it is written down in one format or another."""

from __future__ import annotations

import msgspec

from gateway.cli.formats.report import counted
from gateway.language.escaping import escaped
from gateway.plan import LEVELS, Entry, Level


class Comparison(msgspec.Struct, frozen=True):
    """`old` and `new` are what people call the two sides; `entries` stand the gravest first."""

    old: str
    new: str
    entries: tuple[Entry, ...]

    def count(self, level: Level) -> int:
        """How many entries of a level there are."""
        return sum(entry.level == level for entry in self.entries)


def summary(comparison: Comparison) -> str:
    """`1 risk, 2 notices`, or `no change`."""
    found = {level: comparison.count(level) for level in LEVELS}
    counts = (_counted(number, level) for level, number in found.items() if number)
    return ", ".join(counts) or "no change"


def _counted(number: int, level: Level) -> str:
    return f"{number} info" if level == "info" else counted(number, level)


def shortened(text: str, most: int = 300) -> str:
    """Escaped, and cut where it is long."""
    shown = escaped(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"
