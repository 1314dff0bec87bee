"""JSON that a terminal can show."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_UNSEEN = re.compile(r"[^\x20-\x7e\n]")


def json_text(value: Any) -> str:
    """A value as indented JSON with a newline behind it.

    JSON escapes what is below U+0020; this escapes as well whatever else cannot be seen.
    """
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    return _UNSEEN.sub(_escape, text) + "\n"


def _escape(found: re.Match[str]) -> str:
    if found[0].isprintable():
        return found[0]
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
