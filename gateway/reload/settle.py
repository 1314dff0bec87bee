"""A directory that is being written stands still before it is believed."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from gateway.errors import OperatorError
from gateway.reload.snapshot import Looker, Snapshot

QUIET = 0.15
"""Seconds between two looks that must be equal."""
PATIENCE = 2.0
"""Seconds after which the last look counts, equal or not."""

Use = Callable[[Snapshot, float], None]
"""What to do with a look while the next is not due: (snapshot, monotonic time when it is)."""


class Look(msgspec.Struct, frozen=True):
    """What a look found: a snapshot, or in words why there is none."""

    snapshot: Snapshot | None = None
    problem: str = ""

    @property
    def digest(self) -> str:
        """Equal for looks that found the same."""
        return self.snapshot.digest if self.snapshot else f"\0{self.problem}"


def look(looker: Looker, fresh: bool = False) -> Look:
    """One look; that there is nothing to see is a finding too."""
    try:
        return Look(looker.look(fresh))
    except OperatorError as error:
        return Look(problem=str(error))


def settle(looker: Looker, first: Look, meanwhile: Use, quiet: float = QUIET) -> Look:
    """Look until two looks, `quiet` seconds apart, are equal; at most `PATIENCE` seconds."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        due = time.monotonic() + quiet
        if first.snapshot:
            meanwhile(first.snapshot, due)
        time.sleep(max(0.0, due - time.monotonic()))
        second = look(looker)
        if second.digest == first.digest:
            return second
        first = second
    return first
