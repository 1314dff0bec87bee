"""For people: the line itself, marks under the place, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.cells import cell_len

from gateway.cli.formats.report import Report, summary
from gateway.language.diagnostic import Diagnostic
from gateway.language.private import can_be_shown
from gateway.language.yaml12.characters import lines_of

WIDTH = 100
"""Characters of a source line that are shown around the place."""

_COLOURS = {"error": "red", "warning": "yellow"}


def render(found: Report) -> str:
    """All findings with ANSI colours, and a last line that counts them."""
    lines = {source.name: lines_of(source.data) for source in found.sources}
    parts = [_finding(one, lines.get(one.file, [])) for one in found.diagnostics]
    colour = "red" if found.errors else "yellow" if found.warnings else "green"
    return "\n".join([*parts, click.style(summary(found), fg=colour)]) + "\n"


def _finding(one: Diagnostic, lines: Sequence[str]) -> str:
    place = click.style(f"{printable(one.file)}:{one.place.line}:{one.place.column}:", bold=True)
    kind = click.style(f"{one.severity}[{one.code}]", fg=_COLOURS[one.severity], bold=True)
    head = f"{place} {kind}: {one.message}"
    line = lines[one.place.line - 1] if one.place.line <= len(lines) and any(lines) else None
    if one.private or line is None or not can_be_shown(line):
        return f"{head}\n     | {one.hint}" if one.hint else head
    return "\n".join([head, *_excerpt(one, line)])


def _excerpt(one: Diagnostic, line: str) -> list[str]:
    start, end = one.place.column - 1, len(line)
    if one.place.end_line == one.place.line:
        end = min(one.place.end_column - 1, end)
    first = max(0, start - WIDTH * 2 // 3)
    shown = printable(line[first : first + WIDTH])
    before = ("…" if first else "") + shown[: start - first]
    marked = shown[start - first : max(end - first, 0)]
    more = "…" if first + WIDTH < len(line) else ""
    marks = click.style("^" * max(cell_len(marked.rstrip()), 1), fg=_COLOURS[one.severity])
    number = f"{one.place.line:>4}"
    return [
        f"{number} | {'…' if first else ''}{shown}{more}".rstrip(),
        f"{' ' * len(number)} | {' ' * cell_len(before)}{marks} {one.hint}".rstrip(),
    ]


def printable(text: str) -> str:
    """Without what a terminal would act upon."""
    return "".join(
        character if character.isprintable() else " " if character == "\t" else "\N{MIDDLE DOT}"
        for character in text
    )
