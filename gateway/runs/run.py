"""Runs as plain values: what a store is given, what it assigns, what it tells.

Spans are seconds. Points in time are seconds since the epoch by the *store's* clock, which no
worker has: what workers say about time are spans, counted from when the store reads them. A run is
named by its id, a UUID in its text form, which is its `Idempotency-Key` as well.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from typing import Literal

import msgspec


class State(enum.StrEnum):
    """Where a run is. The last three are final until an operator replays it."""

    WAITING = "waiting"
    """Of an ordered hook, behind another run of its lane."""
    QUEUED = "queued"
    """Due now or later."""
    RUNNING = "running"
    """An attempt is in flight, in the worker that owns it."""
    SUCCEEDED = "succeeded"
    DEAD = "dead"
    CANCELLED = "cancelled"

    # An enum's own is written in Python, and counts by state are kept for each run.
    __hash__ = str.__hash__

    @property
    def final(self) -> bool:
        """Whether nothing happens to the run any more of itself."""
        return self in FINAL


FINAL = frozenset({State.SUCCEEDED, State.DEAD, State.CANCELLED})
Ordered = Literal["", "continue", "hold"]
Outcome = Literal["succeeded", "retry", "dead", "interrupted", "held"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """How the store treats the runs of one hook, from the hook's spec.

    `target` is `scheme://host:port`. `concurrency` is how many attempts may be in flight, `rate`
    how many may start in a second, and `burst` how many of them at once. `limit` is how many runs
    may be unfinished. `ordered` is empty, or what a dead run does to its lane.
    `held` says why nothing is claimed, in words: the hook is disabled or out of service. `since` is
    the generation from which on the hook has been able to run: workers of an older one cannot.

    The rest is for what happens to a run without a worker: `after` are the delays of its schedule,
    `give_up` the age at which it is dead, `keep_succeeded` and `keep_dead` how long it is kept once
    finished; a cancelled run is kept as a dead one.
    """

    target: str
    concurrency: int = 16
    rate: float = math.inf
    burst: float = math.inf
    ordered: Ordered = ""
    limit: int = 100_000
    held: str = ""
    since: int = 0
    after: tuple[float, ...] = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
    give_up: float = 345_600
    keep_succeeded: float = 86_400
    keep_dead: float = 1_209_600


class Policies(msgspec.Struct, frozen=True):
    """The durable hooks of a generation, by name. A hook that is not there is held."""

    generation: int
    hooks: Mapping[str, Policy]


class NewRun(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A run to be accepted.

    `invocation` is encoded, `gate` the 32 bytes that digest what let the request in, `give_up` the
    age at which the run is dead. `key` and `lane` are digests of 16 bytes; a key is remembered for
    `key_within`. `start`: the caller starts the run itself where it may start at once.
    """

    id: str
    hook: str
    invocation: bytes
    gate: bytes
    give_up: float
    key: bytes | None = None
    key_within: float = 0
    lane: bytes | None = None
    start: bool = True


class Accepted(msgspec.Struct, frozen=True, tag=True):
    """The run is durable. `attempt` 1: it is running, and who asked starts it now; 0: it is queued
    or waits, and will be assigned to somebody.
    """

    run: str
    attempt: int


class Duplicate(msgspec.Struct, frozen=True, tag=True):
    """Nothing was stored: `run` has the key. `state` is where it is now."""

    run: str
    state: State


class Assignment(msgspec.Struct, frozen=True, array_like=True):
    """An attempt that starts now. `attempt` counts from 1 and only grows; `tries` are the attempts
    before it that the schedule counts, so that its delay after a failure is `after[tries]`. `left`
    are the seconds from now until the run is given up. `invocation` is empty where the store has
    lost it.
    """

    run: str
    hook: str
    attempt: int
    tries: int
    invocation: bytes
    left: float = math.inf


class Result(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How an attempt ended; `run` and `attempt`, with the session that says it, are the fence.

    `retry` makes the run due after `delay`, or dead where it would be due at `give_up` or later.
    `interrupted` and `held` are not counted by the schedule; `held` pauses the hook, or this run
    alone where it has a `delay`. `answer` are the outputs, encoded for the caller, and `reason`
    ours, at most 200 characters. `blames_target` is whether the breaker of the target counts the
    failure; `pause_target` keeps the target free of attempts that long.
    """

    run: str
    attempt: int
    outcome: Outcome
    delay: float = 0
    status_code: int | None = None
    reason: str = ""
    duration_ms: int = 0
    answer: bytes | None = None
    blames_target: bool = False
    pause_target: float = 0


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A run as callers and operators see it.

    `attempts` are those that were started. `next_attempt` is there while it is queued.
    `status_code`, `duration_ms` and `reason` are of the last attempt. `held` says why a queued run
    is not claimed.
    """

    run: str
    hook: str
    state: State
    attempts: int
    accepted: float
    next_attempt: float | None = None
    finished: float | None = None
    status_code: int | None = None
    duration_ms: int | None = None
    reason: str = ""
    answer: bytes | None = None
    replay_of: str | None = None
    held: str = ""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt that was started; `outcome` is empty while it is in flight."""

    number: int
    started: float
    outcome: Outcome | Literal["", "cancelled"] = ""
    duration_ms: int | None = None
    status_code: int | None = None
    reason: str = ""
