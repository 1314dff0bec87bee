"""Lanes: the runs of an ordered hook that have the same key, one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gateway.runs.run import Ordered, State

ACTIVE = frozenset({State.QUEUED, State.RUNNING})
"""At most one run of a lane is in these."""
_UNFINISHED = ACTIVE | {State.WAITING}


def blocking(ordered: Ordered) -> frozenset[State]:
    """The states in which a run keeps those behind it waiting."""
    return _UNFINISHED | {State.DEAD} if ordered == "hold" else _UNFINISHED


def waits(lane: Iterable[State], ordered: Ordered) -> bool:
    """Whether a run waits that is put behind all these."""
    blocks = blocking(ordered)
    return any(state in blocks for state in lane)


def next_of(lane: Collection[tuple[int, State]], ordered: Ordered) -> int | None:
    """Which run of a lane is to be queued, given them all as (order of acceptance, state).

    The head, where it waits and no other is active: a run that was replayed may stand before one
    that is running.
    """
    blocks = blocking(ordered)
    head = min((run for run in lane if run[1] in blocks), default=None)
    if head is None or head[1] is not State.WAITING:
        return None
    return None if any(state in ACTIVE for _, state in lane) else head[0]
