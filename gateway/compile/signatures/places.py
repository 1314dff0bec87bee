"""Where the texts of a signature stand: in a header, or in a member of the JSON body."""

from __future__ import annotations

import re
from typing import Any

from msgspec import UNSET, UnsetType

from gateway.compile.signatures.members import Member, steps_of, text_at
from gateway.compile.signatures.outcomes import Unverified
from gateway.compile.signatures.request import Part, Request

_ID = re.compile(rb"[!-~]{1,255}")


class Place:
    """The header `name`, or the member of the body that `steps` lead to; the other is empty."""

    __slots__ = ("_field", "_part", "name", "steps")

    def __init__(self, header: str | UnsetType, body: str | UnsetType, part: Part) -> None:
        self.name = "" if header is UNSET else header
        self.steps = () if body is UNSET else steps_of(body)
        self._field = self.name.lower().encode()
        self._part: Part = part

    def read(self, request: Request, document: Any) -> bytes:
        """The text as sent. `document` is the decoded body where that is needed. Raises
        Unverified.
        """
        if self.steps:
            return text_at(document, self.steps, self._part)
        return request.single(self._field, self._part)

    def header(self, text: bytes) -> list[tuple[str, str]]:
        """The header with a text, where the place is one."""
        return [(self.name, text.decode())] if self.name else []

    def member(self, text: bytes) -> list[Member]:
        """The member with a text, where the place is one."""
        return [(self.steps, text.decode())] if self.steps else []


class MessageIdPlace(Place):
    """The message's id. It may not contain the texts that separate it from its neighbours."""

    __slots__ = ("_separators",)

    def __init__(
        self, header: str | UnsetType, body: str | UnsetType, separators: tuple[bytes, ...]
    ) -> None:
        super().__init__(header, body, "id")
        self._separators = separators

    def checked(self, text: bytes) -> bytes:
        """Printable ASCII without a separator: else it could hold a part of another message."""
        if _ID.fullmatch(text) is None or any(text.count(s) for s in self._separators):
            raise Unverified("id-malformed")
        return text
