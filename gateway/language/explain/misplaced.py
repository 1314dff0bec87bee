"""Templates where the schema takes none."""

from __future__ import annotations

from typing import Any

from gateway.language.lint.misplaced import not_here
from gateway.language.mistake import Mistake
from gateway.language.template import is_template
from gateway.language.template.url import in_host
from gateway.language.yaml12 import Steps

_URL = (("workflow",), ("workflow", "url"))
_FILLED = tuple(("workflow", key) for key in ("headers", "query", "body", "data"))


def misplaced(value: Any, steps: Steps) -> Mistake | None:
    """The mistake of a text that is refused because a template stands in it."""
    if not isinstance(value, str) or not is_template(value) or steps[:2] in _FILLED:
        return None
    if steps not in _URL:
        return not_here(steps)
    if value.startswith(("http://", "https://")):
        return None
    bad = in_host(value.index("${"), value.index("${") + 2)
    return Mistake(bad.code, steps, bad.message, bad.hint, inner=(bad.start, bad.end))
