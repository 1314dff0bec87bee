"""The numbers of a store, as operators see them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from gateway.runs.breaker import Position
from gateway.runs.histogram import Histogram
from gateway.runs.run import Outcome, State


class HookStats(msgspec.Struct, frozen=True, kw_only=True):
    """The runs of one hook, and what the store counted for it since it started.

    `oldest_due` is the time at which the run that is due longest was due. `rate_limited`: it waits
    for the rate of its hook. `finished` are by state.
    `attempt_seconds` are of attempts, `latency_seconds` from the acceptance of a run to its end.
    """

    states: Mapping[State, int] = {}
    oldest_due: float | None = None
    held: str = ""
    rate_limited: bool = False
    accepted: int = 0
    duplicates: int = 0
    attempts: Mapping[Outcome, int] = {}
    finished: Mapping[State, int] = {}
    attempt_seconds: Histogram = Histogram()
    latency_seconds: Histogram = Histogram()


class TargetStats(msgspec.Struct, frozen=True, kw_only=True):
    """One target. `slots` are those that it has now; `quiet_until` is set while nothing is sent."""

    breaker: Position = "closed"
    in_flight: int = 0
    slots: int = 0
    quiet_until: float | None = None


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """The whole store. Sizes are bytes; counts are since the store started, at `started`.

    `refused` are accepts by reason: `size`, `runs`, `limit`. `batch_size` are accepts and results
    in one transaction. Of a file alone, `bytes_limit` is what it may have, and `wal_bytes` the size
    of its write-ahead log. Of a database alone, `dead_rows` are versions of rows that are to be
    removed, and `oldest_xmin` the seconds for which a transaction has kept them from that.
    """

    engine: str
    started: float = 0
    hooks: Mapping[str, HookStats] = {}
    targets: Mapping[str, TargetStats] = {}
    bytes_used: int = 0
    bytes_limit: int | None = None
    wal_bytes: int | None = None
    dead_rows: int | None = None
    oldest_xmin: float | None = None
    runs: int = 0
    runs_limit: int = 0
    clock: float = 0
    clock_offset: float = 0
    late_results: int = 0
    interrupted: int = 0
    refused: Mapping[str, int] = {}
    commit_seconds: Histogram = Histogram()
    batch_size: Histogram = Histogram()
