"""Lines of the log as sentences, for a terminal: what is served, and what requests and runs came
to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
_FAILED = frozenset({"retry", "dead"})
_STATES = {"stale": "stale", "out_of_service": "out of service"}
_CHANGES = ("added", "changed", "removed")


def brief(_logger: Any, _method: str, event: Event) -> Event:
    """What a terminal is wide enough for: the usual lines as sentences, and no 'info'."""
    if event["level"] == "info":
        del event["level"]
    sentence = _SENTENCES.get(event["event"])
    return event if sentence is None else sentence(event)


def _said(event: Event, sentence: str, *further: str) -> Event:
    kept = ("level", "timestamp", "reason", *further)
    return {**{field: event[field] for field in kept if field in event}, "event": sentence}


def _request(event: Event) -> Event:
    took, workflow = event["duration_ms"], event["workflow_ms"]
    within = f" (workflow {workflow:.1f})" if workflow else ""
    came = " ".join(
        str(event[name]) for name in ("method", "path", "status", "outcome") if event[name]
    )
    return _said(event, f"{came} {took:.1f} ms{within}", "run" if event["run"] else "request_id")


def _generation(event: Event) -> Event:
    """`generation 7 is served: 12 hooks, 1 stale; changed orders`."""
    hooks = event["hooks"]
    counts = [f"{hooks} hook{'s' if hooks != 1 else ''}"]
    counts += [f"{event[name]} {words}" for name, words in _STATES.items() if event[name]]
    lists = [f"{word} {', '.join(event[word])}" for word in _CHANGES if event[word]]
    told = "; ".join([", ".join(counts), *lists])
    return _said(event, f"generation {event['generation']} is served: {told}")


def _attempt(event: Event) -> Event:
    """`orders: attempt 1 failed 503 12 ms, next in 5.3 s`."""
    outcome = event["outcome"]
    words = ["failed" if outcome in _FAILED else outcome]
    words += [str(event["status_code"])] if "status_code" in event else []
    words += [f"{event['duration_ms']} ms"] if "duration_ms" in event else []
    later = f", next in {event['retry_seconds']} s" if "retry_seconds" in event else ""
    late = " too late" if event["event"] != "attempt" else ""
    number = f"{event['hook']}: attempt {event['attempt']}"
    return _said(event, f"{number} {' '.join(words)}{late}{later}", "run")


def _end(event: Event) -> Event:
    """`orders: run succeeded after 2 attempts`."""
    count, dead = event["attempts"], event["state"] == "dead"
    after = f" after {count} attempt{'s' if count > 1 else ''}" if count else ""
    said = _said(event, f"{event['hook']}: run {event['state']}{after}", *(() if dead else ["run"]))
    if dead:
        said["hint"] = f"to deliver it again, run: gateway runs replay {event['run']}"
    return said


_SENTENCES: dict[str, Callable[[Event], Event]] = {
    "generation is served": _generation,
    "request": _request,
    "attempt": _attempt,
    "attempt was too late": _attempt,
    "run ended": _end,
}
