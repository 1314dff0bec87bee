"""What was answered, whole."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Reply(msgspec.Struct, frozen=True):
    """An answer of any final status. Header names are in lower case, values as received; those of
    a name that stands more than once are joined by `, ` (RFC 9110 §5.3). Trailers are dropped.
    """

    status: int
    headers: Mapping[bytes, bytes]
    body: bytes
