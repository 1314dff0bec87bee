"""The bytes of one YAML file and its name: all that the language ever reads."""

from __future__ import annotations

import msgspec


class Source(msgspec.Struct, frozen=True):
    """`name` is the path as people write it, for diagnostics; `data` is the whole file."""

    name: str
    data: bytes
