"""How findings are written down: one module a format, each a function from a report to text."""

from __future__ import annotations

from collections.abc import Callable

from gateway.cli.formats import github, json, junit, sarif, text
from gateway.cli.formats.report import Report, report

Format = Callable[[Report], str]

FORMATS: dict[str, Format] = {
    "text": text.render,
    "json": json.render,
    "github": github.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
"""By the name that `--format` takes. Only `text` has colours, and whoever prints it decides."""

__all__ = ["FORMATS", "Format", "Report", "report"]
