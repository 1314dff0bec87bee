"""The parts of a request that a signature can cover, as bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gateway.compile.signatures.outcomes import Outcome, Unverified

MAX_HEADER = 16 * 1024
_ID = re.compile(rb"[!-~]{1,255}")

Part = Literal["signature", "timestamp", "id"]
_MISSING: dict[Part, Outcome] = {
    "signature": "signature-missing",
    "timestamp": "timestamp-missing",
    "id": "id-missing",
}
_REPEATED: dict[Part, Outcome] = {
    "signature": "signature-repeated",
    "timestamp": "timestamp-repeated",
    "id": "id-repeated",
}


class Request(NamedTuple):
    """Header names in lower case; the path and the query as received, percent-encoding kept."""

    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    query_string: bytes
    path: bytes

    def single(self, name: bytes, part: Part) -> bytes:
        """The value of a header that must stand once. Raises Unverified."""
        values = self._values(name)
        if not values or not values[0]:
            raise Unverified(_MISSING[part])
        if len(values) > 1:
            raise Unverified(_REPEATED[part])
        if len(values[0]) > MAX_HEADER:
            raise Unverified("signature-too-long")
        return values[0]

    def media_type(self) -> bytes:
        """The body's type in lower case, no parameters; empty when missing or there twice."""
        values = self._values(b"content-type")
        return values[0].partition(b";")[0].strip().lower() if len(values) == 1 else b""

    def url(self, public: bytes) -> bytes:
        """The URL as the sender called it. `public` without a path is completed by ours."""
        path = b"" if public.count(b"/") > 2 else self.path
        return public + path + (b"?" + self.query_string if self.query_string else b"")

    def _values(self, name: bytes) -> list[bytes]:
        return [value for field, value in self.headers if field == name]


class IdHeader:
    """The message's id. It may not contain the texts that separate it from its neighbours."""

    __slots__ = ("_field", "_separators", "name")

    def __init__(self, name: str, separators: tuple[bytes, ...]) -> None:
        self.name = name
        self._field = name.lower().encode()
        self._separators = separators

    def read(self, request: Request) -> bytes:
        """The id as sent. Raises Unverified."""
        return self.checked(request.single(self._field, "id"))

    def checked(self, text: bytes) -> bytes:
        """Printable ASCII without a separator: else it could hold a part of another message."""
        if _ID.fullmatch(text) is None or any(text.count(s) for s in self._separators):
            raise Unverified("id-malformed")
        return text
