"""RE2 patterns: linear in time, whatever text they are searched in."""

from __future__ import annotations

from collections.abc import Callable

import re2  # type: ignore[import-untyped]

PATTERN_MEMORY = 1 << 20
"""Bytes that one compiled pattern may take; a larger one does not compile."""


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Whether the pattern is found in a text. Raises ValueError, with RE2's own reason."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = PATTERN_MEMORY
    try:
        # A pattern of bytes still matches UTF-8, and spares the search of text its offsets.
        search = re2.compile(pattern.encode(), options).search
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(_reason(error)) from error
    return lambda text: search(text.encode()) is not None


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else error
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
