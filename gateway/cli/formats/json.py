"""For programs: one JSON object."""

from __future__ import annotations

from gateway.cli.formats.json_text import json_text
from gateway.cli.formats.report import Report


def render(found: Report) -> str:
    """Counts, and the findings as they are. Lines and columns count from 1, in code points."""
    whole = {
        "files": len(found.sources),
        "hooks": found.hooks,
        "errors": found.errors,
        "warnings": found.warnings,
        "diagnostics": found.diagnostics,
    }
    return json_text(whole)
