"""Where a part of a scalar's value stands in the file."""

from __future__ import annotations

from typing import Any

from gateway.language.diagnostic import Place
from gateway.language.yaml12.characters import BREAK

QUOTES = frozenset("\"'")
BLOCKS = frozenset("|>")
_ESCAPED = '"\\/'
"""What `\\` keeps as it is between double quotes; other escapes stand for something else."""


def inner_place(text: str, event: Any, value: str, inner: tuple[int, int]) -> Place | None:
    """The place of the characters from `inner[0]` to `inner[1]` of a scalar's value.

    None where the way to them leads through an escape, or through folding that cannot be followed.
    """
    raw = _Raw(text, event)
    if (event.style or None) in BLOCKS and not value[:1].isspace():
        raw.skip()
    start = end = -1
    for at in range(len(value) + 1):
        if at == inner[0]:
            start = raw.at
        if at == inner[1]:
            end = raw.at if inner[1] > inner[0] else start
            break
        if not raw.take(value, at):
            return None
    return None if start < 0 or end < 0 else _place(text, start, end)


def is_cut(text: str, event: Any, comment: str) -> bool:
    """Whether a plain scalar ends at a comment that begins so: its author may have meant text."""
    end = event.end_mark.index
    line_end = text.find("\n", end)
    rest = text[end : len(text) if line_end < 0 else line_end]
    return not event.style and rest.lstrip(" \t").startswith(comment)


class _Raw:
    """The characters of a scalar as they are written, taken one by one beside its value.

    A run of white space stands for any other run: YAML folds lines and drops indentation.
    """

    def __init__(self, text: str, event: Any) -> None:
        start: int = event.start_mark.index
        self._text = text
        self._style = event.style or ""
        self._end: int = event.end_mark.index
        self.at = start + (self._style in QUOTES)
        if self._style in BLOCKS:
            self.at = text.find("\n", start) + 1

    def take(self, value: str, at: int) -> bool:
        """Go past the character of the value at an index; whether that is possible."""
        if value[at].isspace():
            if at + 1 < len(value) and value[at + 1].isspace():
                return True
            return self.skip()
        if self.at >= self._end:
            return False
        self.at += self._escape(value[at])
        found = self._text[self.at] == value[at]
        self.at += 1
        return found

    def _escape(self, wanted: str) -> int:
        """How many characters stand before the one that is wanted, because it is escaped."""
        here = self._text[self.at : self.at + 2]
        if self._style == "'" and here == "''":
            return 1
        return int(self._style == '"' and here == "\\" + wanted and wanted in _ESCAPED)

    def skip(self) -> bool:
        """Past a run of white space; whether there is one."""
        begun = self.at
        while self.at < self._end and self._text[self.at].isspace():
            self.at += 1
        return self.at > begun


def _place(text: str, start: int, end: int) -> Place:
    return Place(*_position(text[:start]), *_position(text[:end]))


def _position(before: str) -> tuple[int, int]:
    lines = BREAK.split(before)
    return len(lines), len(lines[-1]) + 1
