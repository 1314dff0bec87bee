"""Rows of runs as values, and values as columns."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from gateway.runs.coding import STATES, is_id
from gateway.runs.endings import Standing
from gateway.runs.run import State
from gateway.runs.sqlite.fault import Unreadable

_ID_BYTES = 16


class Kept(msgspec.Struct, frozen=True):
    """What of a row decides where its run goes, in the order of `COLUMNS`. Times are in ms."""

    seq: int
    id: bytes
    hook: int
    number: int
    again: int
    attempts: int
    tries: int
    interrupted: int
    owner: int | None
    give_up: int
    lane: bytes | None
    started: int | None
    status_code: int | None
    accepted: int

    @property
    def state(self) -> State:
        """Where the run is."""
        return STATES[self.number]

    @property
    def standing(self) -> Standing:
        """The same for those who do not know of rows."""
        return Standing(
            state=STATES[self.number],
            again=self.again == 1,
            tries=self.tries,
            interrupted=self.interrupted,
            give_up=self.give_up / 1000,
        )


COLUMNS: Final = (
    "seq, id, hook, state, class, attempts, tries, interrupted, owner, give_up, lane, started, "
    "status_code, accepted"
)


def kept(row: tuple[Any, ...]) -> Kept:
    """A row of `COLUMNS`. Raises Unreadable."""
    run = Kept(*row)
    if run.number not in STATES or type(run.id) is not bytes or len(run.id) != _ID_BYTES:
        raise Unreadable(f"row {run.seq} is no run")
    return run


def id_bytes(run: str) -> bytes | None:
    """A run's id as it is stored, None for what is no id."""
    return bytes.fromhex(run.replace("-", "")) if is_id(run) else None


def id_text(stored: bytes) -> str:
    """A run's id as it is told."""
    digits = stored.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def milliseconds(seconds: float) -> int:
    """A time or a span as it is stored."""
    return round(seconds * 1000)


def optional(seconds: float | None) -> int | None:
    """The same for what may not be there."""
    return None if seconds is None else round(seconds * 1000)


def seconds_or_none(stored: int | None) -> float | None:
    """A time as it is told."""
    return None if stored is None else stored / 1000
