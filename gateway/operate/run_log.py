"""A line for each attempt of a run, and one where the run has ended; never a body or a key."""

from __future__ import annotations

import structlog

from gateway.runs.end_log import log_end
from gateway.runs.run import Assignment, Result, State

_log = structlog.get_logger("gateway.runs")
_ENDS = {"succeeded": State.SUCCEEDED, "dead": State.DEAD}
_EXPECTED = frozenset({"succeeded", "interrupted"})


class RunLog:
    """Told of what the attempts of this process came to. The store tells of the runs that it ends
    itself: those that are cancelled, or that no other attempt is made of.
    """

    def __call__(self, assignment: Assignment, result: Result, kept: bool) -> None:
        """An attempt ended, and the store took its result or had given the run to another."""
        known = {"run": assignment.run, "hook": assignment.hook}
        said = {
            "attempt": assignment.attempt,
            "outcome": result.outcome,
            "status_code": result.status_code,
            "duration_ms": result.duration_ms,
            "retry_seconds": round(result.delay, 1) if result.outcome == "retry" else None,
            "reason": result.reason,
        }
        log = _log.info if kept and result.outcome in _EXPECTED else _log.warning
        shown = {name: value for name, value in said.items() if value not in (None, "")}
        log("attempt" if kept else "attempt was too late", **known, **shown)
        if kept and (state := _ENDS.get(result.outcome)):
            log_end(assignment.run, assignment.hook, state, assignment.attempt, result.reason)

    def fault(self, assignment: Assignment, error: Exception) -> None:
        """An attempt ended in a mistake of ours."""
        _log.error("unexpected", run=assignment.run, hook=assignment.hook, exc_info=error)
