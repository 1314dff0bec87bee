"""What a check has found, before it is written down in one format or another."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from gateway.language.diagnostic import Diagnostic
from gateway.language.read import Reading
from gateway.language.source import Source


class Report(msgspec.Struct, frozen=True):
    """The outcome of one check of some sources."""

    sources: tuple[Source, ...]
    hooks: int
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> int:
        """How many findings keep a hook from being served."""
        return sum(found.severity == "error" for found in self.diagnostics)

    @property
    def warnings(self) -> int:
        """How many findings do not."""
        return len(self.diagnostics) - self.errors


def report(sources: Sequence[Source], reading: Reading) -> Report:
    """The report on a reading."""
    hooks = len(reading.hooks) + len(reading.broken)
    return Report(tuple(sources), hooks, reading.diagnostics)


def counted(number: int, one: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def summary(found: Report) -> str:
    """`3 files, 4 hooks: 1 error, 2 warnings`."""
    what = f"{counted(len(found.sources), 'file')}, {counted(found.hooks, 'hook')}"
    if not found.diagnostics:
        return f"{what}: no findings"
    return f"{what}: {counted(found.errors, 'error')}, {counted(found.warnings, 'warning')}"
