"""A line for the end of a run, whoever ends it: a worker, the store, or an operator."""

from __future__ import annotations

import structlog

from gateway.runs.run import State

_log = structlog.get_logger("gateway.runs")


def log_end(run: str, hook: str, state: State, attempts: int, reason: str) -> None:
    """Say once how a run ended. `attempts` are those that were started; `reason` is ours."""
    log = _log.warning if state is State.DEAD else _log.info
    why = {"reason": reason} if reason else {}
    log("run ended", run=run, hook=hook, state=state.value, attempts=attempts, **why)
