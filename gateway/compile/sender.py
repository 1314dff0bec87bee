"""What the credentials of a request tell about its sender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Sender(msgspec.Struct, frozen=True):
    """`username` is that of Basic authentication, `claims` are those of a token, `id` and
    `timestamp` those of a signed message; each is empty or None where there is none. `timestamp`
    is POSIX seconds.
    """

    username: str = ""
    claims: Mapping[str, Any] | None = None
    id: str = ""
    timestamp: int | None = None


NOBODY = Sender()
"""The sender of a request whose credentials tell nothing."""
