"""How an attempt ended, as a store is told."""

from __future__ import annotations

import random
import time
from typing import Any

import msgspec

from gateway.runs.run import Assignment, Result
from gateway.runs.schedule import Ended, Schedule, verdict

_LONGEST_REASON = 200
_HELD = 10.0
"""Seconds for which a run waits that could not be delivered here, but may be elsewhere or later."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What a hook says of one attempt.

    `reason` is empty for success, and has no word of the workflow's. `final`: another attempt
    cannot help, as the outputs cannot be made of the workflow's answer or as what is stored cannot
    be read. `held`: this process cannot make it, another one may. `answer` is what the store keeps
    of the outputs, `reply` what a caller is given that waits in this process.
    """

    ended: Ended
    reason: str = ""
    final: bool = False
    held: bool = False
    answer: bytes | None = None
    reply: Any = None


def judged(
    assignment: Assignment, schedule: Schedule, delivery: Delivery, started: float
) -> Result:
    """The result of an attempt that began at `started` of `time.perf_counter`."""
    ended = delivery.ended
    if delivery.held:
        return result_of(assignment, started, outcome="held", delay=_HELD, reason=delivery.reason)
    if delivery.final:
        return result_of(
            assignment,
            started,
            outcome="dead",
            status_code=ended.status_code,
            reason=delivery.reason,
        )
    said = verdict(schedule, assignment.tries, ended, time.time(), random.random())  # noqa: S311
    if said.outcome == "retry" and _is_given_up(assignment, said.delay, started):
        said = msgspec.structs.replace(said, outcome="dead", delay=0)
    return result_of(
        assignment,
        started,
        outcome=said.outcome,
        delay=said.delay,
        status_code=ended.status_code,
        reason=delivery.reason,
        answer=delivery.answer,
        blames_target=said.blames_target,
        pause_target=said.pause_target,
    )


def _is_given_up(assignment: Assignment, delay: float, started: float) -> bool:
    """Whether the run will be dead before the next attempt. The store judges that, too; here, so
    that neither a waiting caller nor the log is told of an attempt that will not be made.
    """
    return time.perf_counter() - started + delay >= assignment.left


def result_of(assignment: Assignment, started: float, *, reason: str = "", **more: Any) -> Result:
    """A result that ends now. `more` are further values of it."""
    return Result(
        run=assignment.run,
        attempt=assignment.attempt,
        duration_ms=round((time.perf_counter() - started) * 1000),
        reason=reason[:_LONGEST_REASON],
        **more,
    )
