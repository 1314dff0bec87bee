"""The way to a value inside a decoded body, resolved once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gateway.language.values import Path


class _Missing:
    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""What a path finds where nothing is. It is no JSON value, least of all null."""

Finder = Callable[[Any], Any]


def compile_path(path: Path) -> Finder:
    """What finds the value at `path`, or MISSING; it never raises."""
    if len(path) == 1 and isinstance(path[0], str):
        return _member(path[0])
    steps = tuple((str(step), step if isinstance(step, int) else None) for step in path)

    def find(value: Any) -> Any:
        for name, index in steps:
            if isinstance(value, dict):
                value = value.get(name, MISSING)
            elif index is not None and isinstance(value, list) and index < len(value):
                value = value[index]
            else:
                return MISSING
        return value

    return find


def _member(name: str) -> Finder:
    def find(value: Any) -> Any:
        return value.get(name, MISSING) if isinstance(value, dict) else MISSING

    return find
