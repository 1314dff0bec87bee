"""What a check has found, before it is written down in one format or another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

import msgspec

from gateway.language.diagnostic import Diagnostic, Severity
from gateway.language.read import Reading
from gateway.language.source import Source

SEVERITIES = get_args(Severity)
"""The most severe first."""


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


def report(sources: Sequence[Source], reading: Reading, more: Iterable[Diagnostic] = ()) -> Report:
    """The report on a reading, and on what else was found: the most severe first, then by place.
    Of one severity, what could not be read at all comes first.
    """
    order = {source.name: index for index, source in enumerate(sources)}
    found = sorted(
        (*reading.diagnostics, *more),
        key=lambda one: (SEVERITIES.index(one.severity), order.get(one.file, -1), one.place),
    )
    return Report(tuple(sources), len(reading.hooks) + len(reading.broken), tuple(found))


def counted(number: int, one: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def summary(found: Report) -> str:
    """`3 files, 4 hooks: 1 error, 2 warnings`."""
    what = f"{counted(len(found.sources), 'file')}, {counted(found.hooks, 'hook')}"
    if not found.diagnostics:
        return f"{what}: no findings"
    return f"{what}: {counted(found.errors, 'error')}, {counted(found.warnings, 'warning')}"
