"""What is signed: a template over the parts of a request, resolved once."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PARTS = re.compile(r"\{(id|timestamp|body|url|form)\}|([^{}]+)")


class Template:
    """`{timestamp}.{body}` and its like. `fields` are the placeholders, in their order."""

    __slots__ = ("_parts", "fields")

    def __init__(self, signed: str) -> None:
        self._parts: tuple[tuple[str, bytes], ...] = tuple(
            (match[1] or "", (match[2] or "").encode()) for match in _PARTS.finditer(signed)
        )
        self.fields = tuple(field for field, _ in self._parts if field)

    def fill(self, values: Mapping[str, bytes]) -> bytes:
        """The bytes that are signed."""
        return b"".join([values[field] if field else text for field, text in self._parts])

    def neighbours(self, name: str) -> tuple[bytes, ...]:
        """The texts right beside a placeholder; empty bytes stand for another placeholder.

        A value that contains such a text could be read as another value followed by more of
        the message, so the engine refuses it.
        """
        places = [i for i, (field, _) in enumerate(self._parts) if field == name]
        beside = [self._parts[j] for i in places for j in (i - 1, i + 1) if self._inside(j)]
        return tuple(text for _, text in beside)

    def _inside(self, place: int) -> bool:
        return 0 <= place < len(self._parts)
