"""The parts of a request that a signature can cover, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from gateway.compile.signatures.outcomes import Outcome, Unverified

MAX_HEADER = 16 * 1024

Part = Literal["signature", "timestamp", "id"]
MISSING: dict[Part, Outcome] = {
    "signature": "signature-missing",
    "timestamp": "timestamp-missing",
    "id": "id-missing",
}
_REPEATED: dict[Part, Outcome] = {
    "signature": "signature-repeated",
    "timestamp": "timestamp-repeated",
    "id": "id-repeated",
}
MALFORMED: dict[Part, Outcome] = {
    "signature": "signature-malformed",
    "timestamp": "timestamp-malformed",
    "id": "id-malformed",
}


class Request(NamedTuple):
    """Header names in lower case, the method in upper case; the path and the query as received,
    percent-encoding kept.
    """

    method: bytes
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    query_string: bytes
    path: bytes

    def single(self, name: bytes, part: Part) -> bytes:
        """The value of a header that must stand once. Raises Unverified."""
        values = self._values(name)
        if not values or not values[0]:
            raise Unverified(MISSING[part])
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

    def path_below(self, public: bytes) -> bytes:
        """The path as the sender called it: that of `public`, else ours."""
        return b"/" + public.split(b"/", 3)[3] if public.count(b"/") > 2 else self.path

    def _values(self, name: bytes) -> list[bytes]:
        return [value for field, value in self.headers if field == name]


def request_of(
    method: str,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    query_string: bytes,
    path: str,
) -> Request:
    """The parts of a request whose method and path are text."""
    raw_path = path.encode(errors="replace")
    return Request(method.encode(), headers, body, query_string, raw_path)
