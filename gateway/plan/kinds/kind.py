"""One kind of change."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

Level = Literal["risk", "notice", "info"]

LEVELS: tuple[Level, ...] = get_args(Level)
"""The gravest first.

- `risk`: what was refused may be accepted now, or data goes where it did not go before.
- `notice`: callers or the workflow are treated in another way, and nothing is opened by it.
- `info`: nothing that happens to a request is different.
"""


class Kind(msgspec.Struct, frozen=True):
    """`name` is stable: people write it into tickets and tools. `text` is its documentation."""

    name: str
    level: Level
    text: str
