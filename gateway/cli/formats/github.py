"""For GitHub Actions: workflow commands that become annotations on the change.

GitHub shows at most ten errors and ten warnings of a step and drops the rest in silence
(docs.github.com, "Workflow commands for GitHub Actions").
"""

from __future__ import annotations

from gateway.cli.formats.report import Report, counted, summary
from gateway.language.diagnostic import Diagnostic

SHOWN = 10
"""Annotations of one severity that a step can show."""


def render(found: Report) -> str:
    """The last line is for the log and says how many annotations are not shown."""
    hidden = max(found.errors - SHOWN, 0) + max(found.warnings - SHOWN, 0)
    last = summary(found)
    if hidden:
        last += f"; {counted(hidden, 'annotation')} beyond GitHub's limit, see this log"
    return "\n".join([*map(_command, found.diagnostics), last]) + "\n"


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


def _sentence(one: Diagnostic) -> str:
    return f"{one.message} ({one.hint})" if one.hint else one.message


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
