"""For programs: one JSON object."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.cli.formats.json_text import json_text
from gateway.cli.plan_formats.comparison import Comparison
from gateway.plan import LEVELS, Entry


def render(comparison: Comparison) -> str:
    """Counts, and the entries. Lines and columns count from 1; what is not there is left out."""
    whole = {
        "old": comparison.old,
        "new": comparison.new,
        "counts": {level: comparison.count(level) for level in LEVELS},
        "changes": [_change(entry) for entry in comparison.entries],
    }
    return json_text(whole)


def _change(entry: Entry) -> dict[str, Any]:
    return {"level": entry.level, **msgspec.to_builtins(entry)}
