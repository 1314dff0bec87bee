"""The header fields of an answer, as a list of names and values."""

from __future__ import annotations

from collections.abc import Iterable

AROUND = 4
"""Bytes of a header field besides its name and value."""


def joined(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Fields by name, the values of one name joined (RFC 9110 §5.3)."""
    names: dict[bytes, bytes] = {}
    for name, value in lines:
        low = name.lower()
        names[low] = value if low not in names else names[low] + b", " + value
    return names


def size(lines: Iterable[tuple[bytes, bytes]]) -> int:
    """Bytes of fields as they were received."""
    return sum(len(name) + len(value) + AROUND for name, value in lines)
