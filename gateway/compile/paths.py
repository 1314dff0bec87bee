"""The way to a value inside a decoded body, resolved once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gateway.language.values import Path


class _Nothing:
    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


MISSING: Final = _Nothing("MISSING")
"""What a path finds where nothing is. It is no JSON value, least of all null."""

ASTRAY: Final = _Nothing("ASTRAY")
"""What a path finds that leads through a text, a number or the wrong kind of container. Another
program may still find something there (`[{"a": 1}]` for `{"a": 1}`), so that no rule holds."""

Finder = Callable[[Any], Any]


def compile_path(path: Path) -> Finder:
    """What finds the value at `path`, MISSING or ASTRAY; it never raises."""
    if len(path) == 1 and isinstance(path[0], str):
        return _member(path[0])
    steps = tuple((str(step), step if isinstance(step, int) else None) for step in path)

    def find(value: Any) -> Any:
        for name, index in steps:
            if isinstance(value, dict):
                value = value.get(name, MISSING)
            elif index is not None and isinstance(value, list):
                value = value[index] if index < len(value) else MISSING
            else:
                return _beyond(value)
        return value

    return find


def _member(name: str) -> Finder:
    def find(value: Any) -> Any:
        return value.get(name, MISSING) if isinstance(value, dict) else _beyond(value)

    return find


def _beyond(value: Any) -> Any:
    """What is inside a value that has no such inside: of null as little as of nothing."""
    return MISSING if value is None or value is MISSING else ASTRAY
