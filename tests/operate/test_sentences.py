"""On a terminal, what is served and the life of a run are read from top to bottom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from gateway.operate.run_log import RunLog
from gateway.operate.sentences import brief
from gateway.runs.end_log import log_end
from gateway.runs.run import Assignment, Outcome, Result, State

OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"
GIVEN = Assignment("run-1", "orders", 2, 1, b"")
DOWN = "the workflow answered 503"


def said(outcome: Outcome, kept: bool = True, **more: Any) -> list[structlog.typing.EventDict]:
    result = Result(run="run-1", attempt=2, outcome=outcome, duration_ms=12, **more)
    with capture_logs() as lines:
        RunLog(None, "info")(GIVEN, result, kept)
    return lines


def shown(line: structlog.typing.EventDict) -> dict[str, Any]:
    event = {**line, "level": line["log_level"], "timestamp": "10:00:00"}
    del event["log_level"]
    told = brief(None, "", event)
    assert told.pop("timestamp") == "10:00:00"
    return told


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"hooks": 1, "added": ["orders"]}, "1 hook; added orders"),
        ({"hooks": 3, "changed": ["a", "b"], "removed": ["c"]}, "3 hooks; changed a, b; removed c"),
        ({"hooks": 2, "stale": 1, "out_of_service": 1}, "2 hooks, 1 stale, 1 out of service"),
    ],
)
def test_a_generation_is_a_sentence(more: dict[str, Any], sentence: str) -> None:
    line = {
        "event": "generation is served", "log_level": "info", "generation": 7, "digest": "5a3c",
        "stale": 0, "out_of_service": 0, "added": [], "changed": [], "removed": [], "workers": 1,
        "milliseconds": 12, **more,
    }  # fmt: skip
    assert shown(line) == {"event": f"generation 7 is served: {sentence}"}


@pytest.mark.parametrize(
    ("outcome", "more", "sentence"),
    [
        ("succeeded", {"status_code": 200}, "succeeded 200 12 ms"),
        ("retry", {"status_code": 503, "delay": 5.26}, "failed 503 12 ms, next in 5.3 s"),
        ("retry", {"delay": 3600.0}, "failed 12 ms, next in 3600.0 s"),
        ("dead", {"status_code": 422}, "failed 422 12 ms"),
        ("interrupted", {}, "interrupted 12 ms"),
        ("held", {}, "held 12 ms"),
    ],
)
def test_an_attempt_is_a_sentence(outcome: Outcome, more: dict[str, Any], sentence: str) -> None:
    told = shown(said(outcome, **more)[0])
    assert told["event"] == f"orders: attempt 2 {sentence}"
    assert told["run"] == "run-1"
    assert told.keys() <= {"event", "level", "run"}


def test_a_probe_is_a_sentence_without_an_outcome() -> None:
    line = {
        "event": "request", "log_level": "info", "method": "GET", "path": "/-/readyz",
        "status": 503, "outcome": "", "duration_ms": 0.3, "workflow_ms": 0.0,
        "run": "", "request_id": "id-1",
    }  # fmt: skip
    assert shown(line) == {"event": "GET /-/readyz 503 0.3 ms", "request_id": "id-1"}


def test_a_late_result_is_said_to_be_late() -> None:
    told = shown(said("retry", kept=False, delay=5.0, reason=DOWN)[0])
    assert told["event"] == "orders: attempt 2 failed 12 ms too late, next in 5.0 s"
    assert (told["level"], told["reason"]) == ("warning", DOWN)


def test_the_end_of_a_run_is_a_sentence_and_a_dead_one_has_a_remedy() -> None:
    assert shown(said("succeeded")[1]) == {
        "event": "orders: run succeeded after 2 attempts", "run": "run-1",
    }  # fmt: skip
    assert shown(said("dead", reason=DOWN)[1]) == {
        "event": "orders: run dead after 2 attempts",
        "level": "warning",
        "reason": DOWN,
        "hint": "to deliver it again, run: gateway runs replay run-1",
    }
    with capture_logs() as lines:
        log_end("run-1", "orders", State.CANCELLED, 0, "why")
    assert shown(lines[0])["event"] == "orders: run cancelled"


def test_the_fields_are_those_that_operators_read_of() -> None:
    lines = said("retry", status_code=503, delay=5.0, reason=DOWN) + said("dead", reason=DOWN)
    text = OPERATING.read_text()
    for line in lines:
        (row,) = [one for one in text.splitlines() if one.startswith(f"| `{line['event']}` |")]
        assert all(f"`{name}`" in row for name in line.keys() - {"event", "log_level"})
