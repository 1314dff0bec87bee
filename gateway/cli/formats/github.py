"""For GitHub Actions: workflow commands that become annotations on the change.

GitHub shows at most ten errors and ten warnings of a step and drops the rest in silence, and its
log shows of a command the message alone (docs.github.com, "Workflow commands for GitHub Actions").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gateway.cli.formats.report import Report, counted, summary
from gateway.cli.formats.text import printable
from gateway.language.diagnostic import Diagnostic

SHOWN = 10
"""Annotations of one severity that a step can show."""


def render(found: Report) -> str:
    """Annotations as far as they are shown, the rest as lines of the log, and their number."""
    hidden = max(found.errors - SHOWN, 0) + max(found.warnings - SHOWN, 0)
    last = summary(found)
    if hidden:
        last += f"; {counted(hidden, 'finding')} over GitHub's limit of annotations; see this log"
    return "\n".join([*_lines(found), last]) + "\n"


def _lines(found: Report) -> Iterator[str]:
    counts = Counter[str]()
    for one in found.diagnostics:
        counts[one.severity] += 1
        yield _command(one) if counts[one.severity] <= SHOWN else _plain(one)


def _command(one: Diagnostic) -> str:
    place = one.place
    properties = {
        "file": one.file,
        "line": place.line,
        "endLine": place.end_line,
        "title": one.code,
    }
    if place.line == place.end_line:
        properties |= {"col": place.column, "endColumn": max(place.end_column - 1, place.column)}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{one.severity} {written}::{_data(_sentence(one))}"


def _plain(one: Diagnostic) -> str:
    """A line that no file name can turn into a command: those begin with `::`."""
    place = f"{printable(one.file)}:{one.place.line}:{one.place.column}"
    return f"{one.severity}[{one.code}] at {place}: {_sentence(one)}"


def _sentence(one: Diagnostic) -> str:
    return f"{one.message} ({one.hint})" if one.hint else one.message


def _data(text: str) -> str:
    """Escaped as the runner reads it; for what it cannot unescape there is a dot."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
