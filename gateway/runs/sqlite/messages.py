"""What workers and the store tell each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.runs.run import Assignment, NewRun, Result, State
from gateway.runs.selection import Query, Selection


class _Message(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Between a worker and the store. `number` is what the worker knows its question by."""


class Hello(_Message, frozen=True, tag=1):
    """The first message of a worker. `holding` are runs and attempts that it goes on with."""

    process: int
    generation: int
    holding: tuple[tuple[str, int], ...] = ()


class Pong(_Message, frozen=True, tag=2):
    """The answer to a Ping."""


class Serving(_Message, frozen=True, tag=3):
    """The worker serves another generation."""

    generation: int


class Credit(_Message, frozen=True, tag=4):
    """How many attempts may be in flight in this worker."""

    credit: int


class Accept(_Message, frozen=True, tag=5):
    """Keep a run. Nobody waits for the answer after `until`, in ms of the time since boot; 0: no
    such time.
    """

    number: int
    run: NewRun
    until: int = 0


class Report(_Message, frozen=True, tag=6):
    """An attempt ended."""

    number: int
    result: Result


class GetRecord(_Message, frozen=True, tag=7):
    """Answered with a record, or None."""

    number: int
    run: str


class Wait(_Message, frozen=True, tag=8):
    """Answered with a record, or None, when there is nothing to wait for any more."""

    number: int
    run: str
    seconds: float


class ListRuns(_Message, frozen=True, tag=9):
    """Answered with a page."""

    number: int
    query: Query


class Show(_Message, frozen=True, tag=10):
    """Answered with a detail, or None."""

    number: int
    run: str


class GetPayload(_Message, frozen=True, tag=11):
    """Answered with the encoded invocation, or None."""

    number: int
    run: str


class Replay(_Message, frozen=True, tag=12):
    """Answered with what was changed."""

    number: int
    which: Selection
    anew: bool


class Cancel(_Message, frozen=True, tag=13):
    """Answered with what was changed."""

    number: int
    which: Selection


class GetStats(_Message, frozen=True, tag=14):
    """Answered with stats."""

    number: int


class Drain(_Message, frozen=True, tag=15):
    """Assign nothing to this worker any more. Answered with None."""

    number: int


class Backup(_Message, frozen=True, tag=16):
    """Copy the store to a new file. Answered with its size in bytes."""

    number: int
    path: str


class Welcome(_Message, frozen=True, tag=32):
    """The answer to Hello. `session` is the owner of what is assigned on this connection;
    `ticket_key` seals outcome tickets, `key_key` digests keys and lanes.
    """

    session: int
    store_id: bytes
    ticket_key: bytes
    key_key: bytes


class Ping(_Message, frozen=True, tag=33):
    """A worker that does not answer for long has its runs taken away."""


class Stored(_Message, frozen=True, tag=34):
    """The run is durable; attempt 1 starts in this worker, 0 in another or later."""

    number: int
    attempt: int


class Known(_Message, frozen=True, tag=35):
    """Nothing was stored: this run has the key."""

    number: int
    run: str
    state: State


class Reported(_Message, frozen=True, tag=36):
    """The end of the attempt is durable, or was not this worker's to tell."""

    number: int
    kept: bool


class Refused(_Message, frozen=True, tag=37):
    """Nothing was done. `why` is a sentence for callers where the store is full, and for operators
    where it declines what they asked for.
    """

    number: int
    kind: Literal["full", "unavailable", "declined"]
    why: str


class Answer(_Message, frozen=True, tag=38):
    """The answer to any other question, encoded once more: the worker knows its type."""

    number: int
    value: msgspec.Raw


class Assign(_Message, frozen=True, tag=39):
    """Start an attempt."""

    assignment: Assignment


class Abort(_Message, frozen=True, tag=40):
    """End an attempt: the run is not this worker's any more."""

    run: str
    attempt: int


Question = (
    Accept
    | Report
    | GetRecord
    | Wait
    | ListRuns
    | Show
    | GetPayload
    | Replay
    | Cancel
    | GetStats
    | Drain
    | Backup
)
FromWorker = Hello | Pong | Serving | Credit | Question
ToWorker = Welcome | Ping | Stored | Known | Reported | Refused | Answer | Assign | Abort
