"""Rows of runs as values."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from gateway.runs.coding import STATES
from gateway.runs.endings import Standing
from gateway.runs.run import State

COLUMNS: Final = """seq, id::text AS id, hook, state AS number, class AS again, attempts, tries,
    interrupted, owner, extract(epoch FROM give_up)::float8 AS give_up, lane,
    extract(epoch FROM started)::float8 AS started, status_code,
    extract(epoch FROM accepted)::float8 AS accepted, gate"""
NOW: Final = "extract(epoch FROM now())::float8"


class Kept(msgspec.Struct, frozen=True):
    """What of a row decides where its run goes, in the order of `COLUMNS`."""

    seq: int
    id: str
    hook: int
    number: int
    class_: int
    attempts: int
    tries: int
    interrupted: int
    owner: int | None
    give_up: float
    lane: bytes | None
    started: float | None
    status_code: int | None
    accepted: float
    gate: bytes

    @property
    def state(self) -> State:
        """Where the run is."""
        return STATES[self.number]

    @property
    def again(self) -> bool:
        """Whether it is of the class of retries."""
        return self.class_ == 1

    @property
    def standing(self) -> Standing:
        """The same for those who do not know of rows."""
        return Standing(
            state=STATES[self.number],
            again=self.again,
            tries=self.tries,
            interrupted=self.interrupted,
            give_up=self.give_up,
        )


def kept(row: Any) -> Kept:
    """A row of `COLUMNS`."""
    return Kept(*row)
