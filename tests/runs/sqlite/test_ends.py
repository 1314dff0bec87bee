"""A run that no worker ends has a line in the log as well, once it is durable, and one only."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.runs.endings import CANCELLED, CANCELLED_RUNNING, EXPIRED, INTERRUPTIONS, POISONOUS
from gateway.runs.run import NewRun
from gateway.runs.selection import Selection
from gateway.runs.sqlite import commands
from gateway.runs.sqlite.messages import Accept, Report, Reported
from gateway.runs.sqlite.writer import Left
from tests.runs.sqlite.given import done, new_run
from tests.runs.sqlite.opened import WORKER, Open

HOUR = 3_600_000
NEVER = 10**18


def accept(opened: Open, new: NewRun) -> NewRun:
    if not new.start:
        opened.writer.claims_from = NEVER
    opened.writer.write([(WORKER, Accept(1, new))])
    return new


def report(opened: Open, new: NewRun, outcome: str, **more: Any) -> None:
    result = done(new.id, outcome=outcome, **more)
    opened.writer.write([(WORKER, Report(2, result))])


def cancel(opened: Open, new: NewRun) -> None:
    steps = commands.cancel(opened.unit, Selection(runs=(new.id,)))
    with opened.unit.transaction():
        list(steps)


def give_up(opened: Open, new: NewRun) -> None:
    opened.unit.now += 2 * HOUR
    opened.writer.write([])


def hold_too_long(opened: Open, new: NewRun) -> None:
    opened.unit.now += 2 * HOUR
    report(opened, new, "held", reason="no durable hook of this name")


def interrupt_too_often(opened: Open, new: NewRun) -> None:
    for _ in range(INTERRUPTIONS):
        opened.writer.write([(WORKER, Left())])
        opened.unit.now += 60_000
        opened.writer.write([])


WAYS: dict[str, tuple[Callable[[Open, NewRun], None], bool, str, int, str]] = {
    "given up": (give_up, False, "dead", 0, EXPIRED),
    "cancelled": (cancel, False, "cancelled", 0, CANCELLED),
    "cancelled during an attempt": (cancel, True, "cancelled", 1, CANCELLED_RUNNING),
    "held until it was too old": (hold_too_long, True, "dead", 1, EXPIRED),
    "interrupted too often": (interrupt_too_often, True, "dead", 5, POISONOUS),
    "without time for another attempt": (
        lambda opened, new: report(opened, new, "retry", delay=7200, reason="why"),
        True, "dead", 1, "why",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_the_end_of_a_run_is_logged_once_whoever_ends_it(opened: Open, way: str) -> None:
    end, starts, state, attempts, reason = WAYS[way]
    new = accept(opened, new_run(start=starts, give_up=3600))
    with capture_logs() as lines:
        opened.unit.log_ends()
        assert lines == []
        end(opened, new)
        opened.unit.log_ends()
        opened.unit.log_ends()
    assert lines == [
        {
            "event": "run ended", "log_level": "warning" if state == "dead" else "info",
            "run": new.id, "hook": "hook", "state": state, "attempts": attempts, "reason": reason,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("outcome", ["succeeded", "dead"])
def test_an_end_that_a_worker_knows_is_the_workers_to_tell(opened: Open, outcome: str) -> None:
    new = accept(opened, new_run())
    with capture_logs() as lines:
        report(opened, new, outcome)
        opened.unit.log_ends()
    assert lines == []


def test_an_end_that_was_not_written_is_not_told(opened: Open) -> None:
    new = accept(opened, new_run(start=False))
    ended = opened.unit.ended

    def fail() -> None:
        with opened.unit.transaction():
            list(commands.cancel(opened.unit, Selection(runs=(new.id,))))
            assert len(ended) == 1
            opened.db.execute("SELECT nothing")

    with capture_logs() as lines:
        with pytest.raises(sqlite3.OperationalError):
            fail()
        opened.unit.log_ends()
    assert lines == []


@pytest.mark.parametrize("outcome", ["succeeded", "dead", "retry"])
def test_a_result_that_is_told_again_to_the_next_store_is_not_late(
    opened: Open, outcome: str
) -> None:
    new = accept(opened, new_run())
    told = done(new.id, outcome=outcome, reason="why", duration_ms=7, delay=10.0)
    other = done(new.id, outcome=outcome, reason="why", duration_ms=8, delay=10.0)
    opened.writer.write([(WORKER, Report(2, told))])
    before = opened.numbers()
    opened.told()
    opened.writer.write([(WORKER + 1, Report(3, told)), (WORKER + 1, Report(4, other))])
    assert opened.told() == [Reported(3, True), Reported(4, False)]
    assert (opened.numbers(), opened.unit.counts.late) == (before, 1)
