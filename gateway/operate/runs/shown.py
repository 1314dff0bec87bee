"""Runs as JSON values for operators. Times are UTC with milliseconds; what is not known is null."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

from gateway.runs.invocation import Invocation
from gateway.runs.run import Attempt, Record
from gateway.runs.selection import Detail


def instant(seconds: float | None) -> str | None:
    """A time in UTC."""
    if seconds is None:
        return None
    shown = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return shown.replace("+00:00", "Z")


def shown_run(one: Record) -> dict[str, Any]:
    """A run in a list."""
    return {
        "run": one.run,
        "hook": one.hook,
        "state": one.state,
        "held": one.held,
        "attempts": one.attempts,
        "accepted_at": instant(one.accepted),
        "next_attempt_at": instant(one.next_attempt),
        "finished_at": instant(one.finished),
        "status_code": one.status_code,
        "duration_ms": one.duration_ms,
        "reason": one.reason,
        "replay_of": one.replay_of,
    }


def shown_detail(one: Detail, gate_differs: tuple[str, ...]) -> dict[str, Any]:
    """Everything about a run but what it delivers. `gate_differs` are the keys of the hook that
    are not what they were when the run was accepted.
    """
    return {
        **shown_run(one.record),
        "give_up_at": instant(one.give_up),
        "expires_at": instant(one.expires),
        "tries": one.tries,
        "interrupted": one.interrupted,
        "size": one.size,
        "ordered": one.ordered,
        "deduplicated": one.deduplicated,
        "changed_since": list(gate_differs),
        "attempt_list": [_attempt(attempt) for attempt in one.attempts],
    }


def _attempt(one: Attempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "started_at": instant(one.started),
        "outcome": one.outcome or "running",
        "duration_ms": one.duration_ms,
        "status_code": one.status_code,
        "reason": one.reason,
    }


def shown_payload(one: Invocation) -> dict[str, Any]:
    """What a run delivers; a body that is no text is in base64."""
    return {
        "request_id": one.request_id,
        "target": one.target,
        "query": [list(pair) for pair in one.query],
        "headers": [list(pair) for pair in one.headers],
        "content_type": one.content_type,
        **_body(one.body),
    }


def _body(body: bytes | None) -> dict[str, str | None]:
    if body is None:
        return {"body": None}
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(body).decode("ascii")}
