"""The metrics of stored runs, which the store counts. docs/operating.md explains each."""

from __future__ import annotations

from gateway.operate.metrics.families import Family
from gateway.runs.histogram import ATTEMPT, BATCH, COMMIT, LATENCY

ACCEPTED = Family("gateway_runs_accepted", "Runs stored.", "counter", ("hook",))
DUPLICATES = Family(
    "gateway_run_duplicates", "Requests that repeated a stored run.", "counter", ("hook",)
)
ATTEMPTS = Family(
    "gateway_run_attempts", "Attempts to deliver a run that ended.", "counter", ("hook", "outcome")
)
FINISHED = Family("gateway_runs_finished", "Runs that ended.", "counter", ("hook", "state"))
RUNS = Family("gateway_runs", "Stored runs by state.", "gauge", ("hook", "state"))
HELD = Family(
    "gateway_runs_held", "Runs of hooks that are removed, disabled or out of service.", "gauge",
    ("hook",),
)  # fmt: skip
RATE_LIMITED = Family(
    "gateway_run_rate_limited", "Whether due runs wait for the rate of their hook.", "gauge",
    ("hook",),
)  # fmt: skip
OLDEST_DUE = Family(
    "gateway_run_oldest_due_seconds", "How long the longest due run has been due.", "gauge",
    ("hook",),
)  # fmt: skip
ATTEMPT_SECONDS = Family(
    "gateway_run_attempt_seconds", "Seconds that an attempt took.", "histogram", ("hook",), ATTEMPT
)
LATENCY_SECONDS = Family(
    "gateway_run_latency_seconds", "Seconds from the acceptance of a run to its end.", "histogram",
    ("hook",), LATENCY,
)  # fmt: skip
COMMIT_SECONDS = Family(
    "gateway_store_commit_seconds", "Seconds that a commit took.", "histogram", (), COMMIT
)
BATCH_SIZE = Family(
    "gateway_store_batch_size", "Accepted runs and results in one commit.", "histogram", (), BATCH
)
BYTES = Family("gateway_store_bytes", "Bytes in use in the store's file.", "gauge")
WAL_BYTES = Family("gateway_store_wal_bytes", "Bytes of the store's write-ahead log.", "gauge")
LIMIT_BYTES = Family("gateway_store_limit_bytes", "Bytes that the file may have.", "gauge")
DEAD_TUPLES = Family(
    "gateway_store_dead_tuples", "Versions of rows that autovacuum has to remove.", "gauge"
)
OLDEST_XMIN = Family(
    "gateway_store_oldest_xmin_seconds",
    "How long the oldest transaction has kept versions of rows from being removed.",
    "gauge",
)
REFUSED = Family("gateway_store_refused", "Runs refused for want of room.", "counter", ("reason",))
BREAKER = Family("gateway_target_breaker", "0 closed, 1 half-open, 2 open.", "gauge", ("target",))
TARGET_IN_FLIGHT = Family(
    "gateway_target_in_flight", "Attempts in flight to a target.", "gauge", ("target",)
)
LATE_RESULTS = Family(
    "gateway_run_late_results", "Results of attempts that were no longer the worker's.", "counter"
)
INTERRUPTED = Family(
    "gateway_run_interrupted", "Attempts whose worker or store ended first.", "counter"
)
UP = Family("gateway_store_up", "Whether the store answers.", "gauge")
RESTARTS = Family("gateway_store_restarts", "Stores that ended unexpectedly.", "counter")
CLOCK_OFFSET = Family(
    "gateway_store_clock_offset_seconds",
    "How far the system's clock is ahead of the store's.",
    "gauge",
)

STORE = (
    *(ACCEPTED, DUPLICATES, ATTEMPTS, FINISHED, RUNS, HELD, RATE_LIMITED, OLDEST_DUE),
    *(
        ATTEMPT_SECONDS,
        LATENCY_SECONDS,
        COMMIT_SECONDS,
        BATCH_SIZE,
        BYTES,
        WAL_BYTES,
        LIMIT_BYTES,
        REFUSED,
    ),
    *(DEAD_TUPLES, OLDEST_XMIN),
    *(BREAKER, TARGET_IN_FLIGHT, LATE_RESULTS, INTERRUPTED, UP, RESTARTS, CLOCK_OFFSET),
)
"""In the order in which they are written."""
