"""What is sent back to a caller, as plain values."""

from __future__ import annotations

import msgspec

Headers = tuple[tuple[bytes, bytes], ...]
JSON_TYPE = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")
"""An answer that a cache gave again would look like an activation that never was."""


class Answer(msgspec.Struct, frozen=True):
    """A status, headers with names in lower case, a whole body. `own` are headers that no other
    answer has; the others are encoded once and remembered.
    """

    status: int
    headers: Headers
    body: bytes
    own: Headers = ()
