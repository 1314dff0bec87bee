"""What is signed: a template over the parts of a request, resolved once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_PARTS = re.compile(r"\{(id|timestamp|body|method|path|url|form)\}|([^{}]+)")


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

    def neighbours(self, name: str) -> tuple[bytes | str | None, bytes | str | None]:
        """What stands right before and right after a placeholder: text as bytes, the name of
        another placeholder, or None at an end. It is looked for where it appears first.
        """
        names = [field for field, _ in self._parts]
        if name not in names:
            return None, None
        place = names.index(name)
        return self._at(place - 1), self._at(place + 1)

    def between(self, names: Collection[str], last: str) -> bytes | None:
        """The text between the nearest of some placeholders and a later one; None where none of
        them stands before it.
        """
        text = None
        for field, fixed in self._parts:
            if field in names:
                text = b""
            elif text is not None and field == last:
                return text
            elif text is not None:
                text += fixed
        return None

    def _at(self, place: int) -> bytes | str | None:
        if not 0 <= place < len(self._parts):
            return None
        field, text = self._parts[place]
        return field or text
