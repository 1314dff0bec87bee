"""The path of a target as ASGI gives it."""

from __future__ import annotations

from urllib.parse import unquote


def path_of(raw: bytes) -> str:
    """The decoded path; what is not UTF-8 is replaced (`raw_path` has it as it came)."""
    path = raw.decode("latin-1")
    return path if raw.find(b"%") < 0 else unquote(path)
