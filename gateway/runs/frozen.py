"""What a store says of a move of its runs: until that ends, no gateway uses the store."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

KEY: Final = "move"
"""Where the meta table has it."""
Direction = Literal["to", "from", "moved"]
"""Its runs are being copied to another store, or from one; they have been moved away."""


class Frozen(msgspec.Struct, frozen=True):
    """A move that a store takes part in: which direction, and the other store by id and name."""

    direction: Direction
    other: str
    name: str


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Frozen).decode


def written(frozen: Frozen) -> bytes:
    """The value in the table."""
    return _encode(frozen)


def read(value: bytes | None) -> Frozen | None:
    """What a table says."""
    return None if value is None else _decode(value)


def refusal(value: bytes | None, place: str) -> str:
    """Why no gateway may use the store in a place; empty where there is no reason."""
    frozen = read(value)
    if frozen is None:
        return ""
    if frozen.direction == "moved":
        return f"the runs in {place} were moved to {frozen.name}: use that store"
    direction = "to" if frozen.direction == "to" else "from"
    return (
        f"a move of runs {direction} {frozen.name} has not ended, and {place} is not used before: "
        "run gateway runs move again, which goes on, or give it up with --abandon"
    )
