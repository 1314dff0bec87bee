"""A file of an older gateway is taken over with everything that waits in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.runs.sqlite.fault import Fault
from gateway.runs.sqlite.messages import Accept
from gateway.runs.sqlite.migrate import SCRIPTS, migrate
from tests.runs.sqlite.given import new_run
from tests.runs.sqlite.opened import WORKER, Open

NEXT = "ALTER TABLE run ADD COLUMN added INTEGER NOT NULL DEFAULT 7;"


def test_runs_that_are_pending_are_there_after_a_migration_and_older_gateways_refuse_it(
    opened: Open, tmp_path: Path
) -> None:
    runs = [new_run(start=number % 2 == 0) for number in range(5)]
    opened.writer.write([(WORKER, Accept(number, run)) for number, run in enumerate(runs)])
    opened.db.close()
    with closing(sqlite3.connect(tmp_path / "runs.db", isolation_level=None)) as file:
        before = file.execute("SELECT * FROM run ORDER BY seq").fetchall()
        migrate(file, 0, [*SCRIPTS, NEXT])
        after = file.execute("SELECT * FROM run ORDER BY seq").fetchall()
        payloads = file.execute("SELECT count(*) FROM payload").fetchone()
    assert after == [(*row, 7) for row in before]
    assert (len(after), payloads) == (5, (5,))
    with pytest.raises(Fault, match="newer gateway"):
        Open(tmp_path / "runs.db")
