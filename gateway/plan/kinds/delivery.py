"""When callers are answered, and what becomes of runs."""

from __future__ import annotations

from gateway.plan.kinds.kind import kinds

DELIVERY = kinds(
    risk={
        "delivery-durable": (
            "The gateway stores the data of requests on disk, and answers before the workflow has "
            "run."
        ),
        "deduplication-removed": "A repeated request starts the workflow again.",
        "deduplication-weakened": (
            "More repeated requests start the workflow again: `within` is shorter, or requests "
            "without a key are accepted."
        ),
        "deduplication-changed": (
            "Another key tells which requests are repeated. A request that was accepted before "
            "the change is not recognized after it."
        ),
    },
    notice={
        "delivery-direct": (
            "Requests fail while the workflow is down. Unfinished runs are held: no run of the "
            "hook is delivered until it is durable again."
        ),
        "deduplication-added": "A repeated request no longer starts the workflow.",
        "deduplication-strengthened": (
            "Fewer repeated requests start the workflow again: `within` is longer, or requests "
            "without a key are refused."
        ),
        "order-changed": "Other runs are delivered in order, or another run follows a dead one.",
        "retries-reduced": (
            "A run is given up earlier: fewer attempts, a shorter `give_up`, or more `permanent` "
            "status codes."
        ),
        "retries-changed": (
            "Runs are retried at other times, for longer, or after other status codes."
        ),
        "wait-changed": (
            "Callers wait for the outcome for a different time, or `prefer` is different."
        ),
        "retention-changed": "Finished runs and their data are kept for a different time.",
    },
)
