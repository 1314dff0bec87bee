"""One kind of change."""

from __future__ import annotations

from collections.abc import Mapping
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


def kinds(
    *,
    risk: Mapping[str, str] = {},
    notice: Mapping[str, str] = {},
    info: Mapping[str, str] = {},
) -> tuple[Kind, ...]:
    """The kinds of a family by their level, the gravest first: name → text."""
    levels: dict[Level, Mapping[str, str]] = {"risk": risk, "notice": notice, "info": info}
    return tuple(
        Kind(name, level, text) for level, texts in levels.items() for name, text in texts.items()
    )
