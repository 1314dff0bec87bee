"""What is written together is there as a whole or not at all, in the file and in the numbers."""

from __future__ import annotations

import os
import signal
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.runs.dispatcher import Dispatcher
from gateway.runs.run import NewRun, Policies
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.loading import load
from gateway.runs.sqlite.messages import Accept, Refused, Report, Reported, Stored
from gateway.runs.sqlite.unit_of_work import UnitOfWork
from gateway.runs.sqlite.writer import Left, Task
from tests.runs.sqlite.given import done, new_run
from tests.runs.sqlite.opened import POLICY, SIZE, WORKER, Open
from tests.runs.sqlite.stores import PATIENCE, fresh


def test_what_fails_alone_is_refused_alone(opened: Open) -> None:
    runs = [new_run(), new_run(), new_run()]
    broken = NewRun(id="no id", hook="hook", invocation=b"", gate=b"", give_up=1)
    tasks: list[Task] = [
        (WORKER, Accept(number, run)) for number, run in enumerate([*runs, broken])
    ]
    opened.writer.write(tasks)
    told = opened.told()
    assert {one.number for one in told if isinstance(one, Stored)} == {0, 1, 2}
    assert [one.number for one in told if isinstance(one, Refused)] == [3]
    assert opened.numbers()[3] == opened.db.number("SELECT count(*) FROM run") == 3


@pytest.mark.parametrize("failing", range(1, 30))
def test_numbers_are_those_of_the_rows_whichever_statement_fails(
    opened: Open, failing: int
) -> None:
    lane = b"l" * 16
    first, ordered, behind = new_run(), new_run(lane=lane), new_run(lane=lane)
    opened.writer.write([(WORKER, Accept(n, r)) for n, r in enumerate([first, ordered, behind])])
    opened.told()
    before = opened.numbers()
    tasks: list[Task] = [
        (WORKER, Report(1, done(first.id))),
        (WORKER, Accept(2, new_run(key=b"k" * 16, key_within=60))),
        (WORKER, Report(3, done(ordered.id, outcome="retry", delay=10))),
        (WORKER, Accept(4, new_run(hook="another", start=False))),
        (WORKER, Left()),
    ]
    execute, count = opened.db.execute, 0

    def fail(statement: str, *values: Any) -> Any:
        nonlocal count
        if statement not in ("ROLLBACK", "BEGIN IMMEDIATE"):
            count += 1
            if count == failing:
                raise sqlite3.OperationalError("a statement failed")
        return execute(statement, *values)

    opened.db.execute = fail
    with suppress(sqlite3.OperationalError):
        opened.writer._together(tasks)
    opened.db.execute = execute
    if count < failing:
        return
    assert opened.numbers() == before
    assert opened.told() == []
    opened.writer.write(tasks)
    assert [one.kept for one in opened.told() if isinstance(one, Reported)] == [True, True]
    again = Open.__new__(Open)
    again.db, again.dispatcher = opened.db, Dispatcher(64, lambda: 0.5)
    again.unit = UnitOfWork(opened.db, again.dispatcher, lambda: 0.5)
    load(again.unit)
    assert opened.numbers() == again.numbers()


@pytest.mark.parametrize("failing", range(1, 20))
def test_a_transaction_that_fails_takes_nothing_from_a_rate(opened: Open, failing: int) -> None:
    policies = {"hook": msgspec.structs.replace(POLICY, concurrency=50, rate=0.001, burst=9)}
    opened.dispatcher.follow(Policies(1, policies), 1)
    pace = opened.dispatcher.agenda.queue("hook").pace
    assert pace is not None
    tasks: list[Task] = [(WORKER, Accept(n, new_run(start=n < 2))) for n in range(4)]
    execute, count = opened.db.execute, 0

    def fail(statement: str, *values: Any) -> Any:
        nonlocal count
        count += statement not in ("ROLLBACK", "BEGIN IMMEDIATE")
        if count == failing and statement != "ROLLBACK":
            raise sqlite3.OperationalError("a statement failed")
        return execute(statement, *values)

    opened.db.execute = fail
    with suppress(sqlite3.OperationalError):
        opened.writer._together(tasks)
    opened.db.execute = execute
    started = opened.db.number("SELECT count(*) FROM run WHERE state=2")
    assert started == (0 if count >= failing else 4)
    assert pace.free(opened.unit.seconds) == 9 - started


def die(path: Path, statement: int) -> None:
    """Accept a run, and be killed before so many statements."""
    opened = Open(path)
    execute, count = opened.db.execute, 0

    def counting(text: str, *values: Any) -> Any:
        nonlocal count
        count += 1
        if count == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(text, *values)

    opened.db.execute = counting
    new = new_run(key=b"k" * 16, key_within=60, lane=b"l" * 16)
    opened.writer.write([(WORKER, Accept(1, new))])


def test_a_run_and_its_key_are_there_together_wherever_the_store_is_killed(tmp_path: Path) -> None:
    stored: list[int] = []
    for statement in range(1, 20):
        path = tmp_path / f"{statement}.db"
        process = fresh.Process(target=die, args=(path, statement))
        process.start()
        process.join(PATIENCE)
        db = Database(path, SIZE, 1000)
        tables = ("run", "payload", "dedup")
        counts = {db.number(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608
        assert len(counts) == 1, f"a part of a run is there after statement {statement}"
        stored += counts
        db.close()
        if process.exitcode == 0:
            break
    assert stored == sorted(stored)
    assert stored[-1] == 1
