"""The metrics that a worker counts: names, labels, buckets. docs/operating.md explains each."""

from __future__ import annotations

from typing import Literal, NamedTuple

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper ends of the buckets of every duration."""


class Family(NamedTuple):
    """A metric. Labels take names of hooks, methods and outcomes only: no stranger makes a
    series. A histogram has a slot for each bucket, one for what is longer, and one for the sum;
    `bounds` are the upper ends of its buckets.
    """

    name: str
    help: str
    kind: Literal["counter", "gauge", "highest", "histogram"]
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = SECONDS

    @property
    def slots(self) -> int:
        """How many numbers one series has."""
        return len(self.bounds) + 2 if self.kind == "histogram" else 1

    def series(self, *values: str) -> str:
        """The name under which a series is counted."""
        return SEPARATOR.join((self.name, *values))


SEPARATOR = "\x1f"
REQUESTS = Family(
    "gateway_requests", "Requests answered.", "counter", ("hook", "outcome", "status")
)
REQUEST_SECONDS = Family(
    "gateway_request_seconds",
    "Seconds from the first byte of a request to its answer.",
    "histogram",
    ("hook",),
)
WORKFLOW_SECONDS = Family(
    "gateway_workflow_seconds", "Seconds until the workflow answered.", "histogram", ("hook",)
)
IN_FLIGHT = Family("gateway_in_flight", "Requests in flight.", "gauge", ("hook",))
REFUSED = Family(
    "gateway_refused", "Requests refused before the workflow was called.", "counter", ("reason",)
)
AUTHENTICATION = Family(
    "gateway_authentication",
    "Credentials that were checked: accepted, refused, or limited after too many failures.",
    "counter",
    ("hook", "result"),
)
CONNECTIONS = Family(
    "gateway_connections", "Open connections of callers by state.", "gauge", ("state",)
)
BODY_BYTES = Family(
    "gateway_body_bytes_held", "Bytes of memory held for bodies and their decoded values.", "gauge"
)
LOOP_LAG = Family(
    "gateway_event_loop_lag_seconds",
    "The longest delay of a worker's event loop in the last ten seconds.",
    "highest",
)
LOG_LOST = Family(
    "gateway_log_lines_lost", "Log lines lost because the log was not read in time.", "counter"
)

COUNTED = (
    *(REQUESTS, REQUEST_SECONDS, WORKFLOW_SECONDS, IN_FLIGHT, REFUSED, AUTHENTICATION),
    *(CONNECTIONS, BODY_BYTES, LOOP_LAG, LOG_LOST),
)
"""In the order in which they are written."""
