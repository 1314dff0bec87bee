"""A line for each attempt of a run, and one where the run has ended; never a body or a key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import msgspec
import structlog

from gateway.operate.logs import LEVELS, Lines, rendered
from gateway.runs.end_log import log_end
from gateway.runs.run import Assignment, Result, State

_log = structlog.get_logger("gateway.runs")
_ENDS = {"succeeded": State.SUCCEEDED, "dead": State.DEAD}
_EXPECTED = frozenset({"succeeded", "interrupted"})
_Level = Literal["info", "warning"]


class _Attempt(msgspec.Struct, omit_defaults=True):
    """What is told of an attempt; `docs/operating.md` explains each field."""

    run: str
    hook: str
    attempt: int
    outcome: str
    duration_ms: int
    event: str
    level: _Level
    time: datetime
    status_code: int | None = None
    retry_seconds: float | None = None
    reason: str = ""


class _End(msgspec.Struct, omit_defaults=True):
    """What `log_end` tells of a run."""

    run: str
    hook: str
    state: str
    attempts: int
    event: str
    level: _Level
    time: datetime
    reason: str = ""


class RunLog:
    """Told of what the attempts of this process came to. The store tells of the runs that it ends
    itself: those that are cancelled, or that no other attempt is made of.

    `lines` takes JSON, as in `RequestLog`; None where people read.
    """

    def __init__(self, lines: Lines | None, level: str) -> None:
        self._lines = lines
        self._least = LEVELS[level]

    def __call__(self, assignment: Assignment, result: Result, kept: bool) -> None:
        """An attempt ended, and the store took its result or had given the run to another."""
        expected = kept and result.outcome in _EXPECTED
        level: _Level = "info" if expected else "warning"
        delay = round(result.delay, 1) if result.outcome == "retry" else None
        run, hook, now = assignment.run, assignment.hook, datetime.now(UTC)
        event = "attempt" if kept else "attempt was too late"
        self._attempt(
            _Attempt(
                run, hook, assignment.attempt, result.outcome, result.duration_ms, event, level,
                now, result.status_code, delay, result.reason,
            )
        )  # fmt: skip
        if kept and (state := _ENDS.get(result.outcome)):
            self._end(run, hook, state, assignment.attempt, result.reason, now)

    def _attempt(self, line: _Attempt) -> None:
        if LEVELS[line.level] < self._least:
            return
        if self._lines is not None:
            self._lines.msg(rendered(line))
            return
        fields = msgspec.structs.asdict(line)
        event, level, _ = (fields.pop(name) for name in ("event", "level", "time"))
        known = {name: value for name, value in fields.items() if value not in (None, "")}
        getattr(_log, level)(event, **known)

    def _end(
        self, run: str, hook: str, state: State, attempts: int, reason: str, now: datetime
    ) -> None:
        level: _Level = "warning" if state is State.DEAD else "info"
        if self._lines is None:
            log_end(run, hook, state, attempts, reason)
        elif LEVELS[level] >= self._least:
            line = _End(run, hook, state.value, attempts, "run ended", level, now, reason)
            self._lines.msg(rendered(line))

    def fault(self, assignment: Assignment, error: Exception) -> None:
        """An attempt ended in a mistake of ours."""
        _log.error("unexpected", run=assignment.run, hook=assignment.hook, exc_info=error)
