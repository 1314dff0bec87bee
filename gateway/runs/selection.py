"""What operators ask for about runs, and what they get. Spans and points in time are those of
`gateway.runs.run`.
"""

from __future__ import annotations

import msgspec

from gateway.runs.run import Attempt, Record, State


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one run but its payload. `attempts` are the last 20, oldest first.

    `size` is that of the encoded invocation in bytes. `tries` are the attempts that the schedule
    counted since the run was accepted or replayed; `interrupted` are those that no worker ended.
    `expires` is when a finished run is purged.
    """

    record: Record
    gate: bytes
    size: int
    tries: int
    interrupted: int
    give_up: float
    expires: float | None = None
    ordered: bool = False
    deduplicated: bool = False
    attempts: tuple[Attempt, ...] = ()


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs to list, newest first: accepted at `since` or later, and before `until`.

    `after` is the `next` of the page before. `limit` is at most 200.
    """

    hook: str = ""
    state: State | None = None
    since: float | None = None
    until: float | None = None
    after: str = ""
    limit: int = 50


class Page(msgspec.Struct, frozen=True):
    """Some of the runs that were asked for; `next` is empty on the last page."""

    runs: tuple[Record, ...]
    next: str = ""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs an operator means: those named in `runs`, or those that all the rest holds for.

    `gate`: only runs are changed that were let in by what this digests. `dry_run` changes nothing,
    and counts. `limit` is how many runs are matched at most, 0 for all of them; `after` is the
    `next` of the change before. Neither counts where `runs` are named.
    """

    runs: tuple[str, ...] = ()
    hook: str = ""
    state: State | None = None
    since: float | None = None
    until: float | None = None
    gate: bytes | None = None
    dry_run: bool = False
    limit: int = 0
    after: str = ""


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What a command did. `matched` were selected and in a state that the command is for; of
    these `gate_differs` were let in by something else, and left as they are. `runs` are the first
    100 ids that go on or were cancelled, new ones where it was `anew`. `next` is where a change
    goes on that has reached its limit, empty once all runs were looked at.
    """

    matched: int = 0
    changed: int = 0
    gate_differs: int = 0
    runs: tuple[str, ...] = ()
    next: str = ""
