"""How a plan is written down: one module a format, each a function from a comparison to text."""

from __future__ import annotations

from collections.abc import Callable

from gateway.cli.plan_formats import json, markdown, text
from gateway.cli.plan_formats.comparison import Comparison

Format = Callable[[Comparison], str]

FORMATS: dict[str, Format] = {
    "text": text.render,
    "markdown": markdown.render,
    "json": json.render,
}
"""By the name that `--format` takes. Only `text` has colours, and whoever prints it decides."""

__all__ = ["FORMATS", "Comparison", "Format"]
