"""Rows of runs and keys as both engines have them. Times are milliseconds since the epoch."""

from __future__ import annotations

import msgspec

COLUMNS = (
    "seq", "id", "hook", "state", "class", "due", "attempts", "tries", "interrupted", "owner",
    "accepted", "give_up", "started", "finished", "expires", "lane", "key", "gate", "status_code",
    "reason", "duration_ms", "replay_of", "size",
)  # fmt: skip
"""Of a run, in this order in both engines."""
TIMES = frozenset({"due", "accepted", "give_up", "started", "finished", "expires"})
IDS = frozenset({"id", "replay_of"})
NOBODY = 0
"""The owner of what is in flight: nobody has this number, so it is taken for interrupted."""


class Attempt(msgspec.Struct, frozen=True, array_like=True):
    """An attempt that ended without success, in the order of its columns."""

    number: int
    started: int
    outcome: str
    duration_ms: int | None
    status_code: int | None
    reason: str


class Run(msgspec.Struct, frozen=True):
    """A run with all that belongs to it. `values` are those of COLUMNS, `hook` is a name."""

    seq: int
    hook: str
    values: tuple[object, ...]
    invocation: bytes | None
    answer: bytes | None
    attempts: tuple[Attempt, ...] = ()


class Key(msgspec.Struct, frozen=True):
    """A deduplication key: the run that has it, and what that ended in where it is gone."""

    hook: str
    key: bytes
    run: bytes
    expires: int
    state: int | None


class Identity(msgspec.Struct, frozen=True):
    """What tells a store from others, and what its tickets and digests are made with."""

    id: bytes
    ticket_key: bytes
    key_key: bytes
