"""The store in a state directory, for a move."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

from gateway.runs.frozen import KEY, Frozen, read, written
from gateway.runs.sqlite.database import Database
from gateway.runs.sqlite.directory import make_directory
from gateway.runs.sqlite.fault import Fault
from gateway.runs.sqlite.lock import lock
from gateway.runs.transfer.rows import COLUMNS, NOBODY, Attempt, Identity, Key, Run
from gateway.runs.transfer.store import BATCH, BYTES, Last, MoveError

LARGEST = 1 << 40
_STATE, _OWNER, _HOOK = map(COLUMNS.index, ("state", "owner", "hook"))
_RUNNING = 2
_NAMES = ", ".join(f"r.{name}" for name in COLUMNS)
_RUNS = f"""WITH part AS (SELECT seq, sum(size) OVER (ORDER BY seq) AS total FROM
        (SELECT seq, size FROM run WHERE seq>? ORDER BY seq LIMIT {BATCH}))
    SELECT h.name, p.invocation, o.answer, {_NAMES} FROM part JOIN run r USING (seq)
    JOIN hook h ON h.number=r.hook LEFT JOIN payload p USING (seq) LEFT JOIN outputs o USING (seq)
    WHERE total<={BYTES} OR seq=(SELECT min(seq) FROM part) ORDER BY seq"""
_ATTEMPTS = """SELECT seq, number, started, outcome, duration_ms, status_code, reason FROM attempt
    WHERE seq BETWEEN ? AND ? ORDER BY seq, number"""
_KEYS = f"""SELECT h.name, d.key, coalesce(d.run, r.id), d.expires, d.state FROM dedup d
    JOIN hook h ON h.number=d.hook LEFT JOIN run r USING (seq)
    WHERE (h.name, d.key)>(?, ?) AND coalesce(d.run, r.id) IS NOT NULL
    ORDER BY h.name, d.key LIMIT {BATCH}"""
_PUT = f"INSERT INTO run({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_PUT_KEY = """INSERT OR REPLACE INTO dedup(hook, key, seq, expires, run, state)
    VALUES (?1, ?2, coalesce((SELECT seq FROM run WHERE id=?3), 0), ?4,
        CASE WHEN ?5 IS NOT NULL THEN ?3 END, ?5)"""
_TABLES = ("payload", "outputs", "attempt", "run", "dedup", "hook")


class SqliteEnd:
    """A state directory, under its lock. Raises MoveError where it cannot be used."""

    def __init__(self, state: Path, new: bool) -> None:
        self.name = str(state)
        self.removal = f"remove the files runs.* in {state}"
        if not new and not (state / "runs.db").is_file():
            raise MoveError(f"{state} has no stored runs: there is no file runs.db")
        with _telling():
            make_directory(state)
            self._lock = lock(state)
            self._db = Database(state / "runs.db", LARGEST, round(time.time() * 1000))
        self._numbers: dict[str, int] = {}

    async def identity(self) -> Identity:
        """Which store it is."""
        meta = dict(self._rows("SELECT key, value FROM meta"))
        return Identity(meta["store_id"], meta["ticket_key"], meta["key_key"])

    async def frozen(self) -> Frozen | None:
        """The move that it takes part in."""
        rows = self._rows("SELECT value FROM meta WHERE key=?", (KEY,))
        return read(rows[0][0] if rows else None)

    async def freeze(self, frozen: Frozen) -> None:
        """Write down the move."""
        with self._writing() as db:
            db.write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (KEY, written(frozen)))

    async def users(self) -> list[str]:
        """Nobody: the lock is held."""
        return []

    async def counts(self) -> dict[int, int]:
        """How many runs are in which state."""
        return dict(self._rows("SELECT state, count(*) FROM run GROUP BY state"))

    async def runs(self, after: int) -> list[Run]:
        """The next runs."""
        rows = self._rows(_RUNS, (after,))
        if not rows:
            return []
        attempts = self._rows(_ATTEMPTS, (rows[0][3], rows[-1][3]))
        by_run = {
            seq: tuple(Attempt(*one[1:]) for one in group)
            for seq, group in groupby(attempts, lambda one: one[0])
        }
        return [
            Run(row[3], row[0], row[3:], row[1], row[2], by_run.get(row[3], ())) for row in rows
        ]

    async def keys(self, after: Last) -> list[Key]:
        """The next keys."""
        return [Key(*row) for row in self._rows(_KEYS, after)]

    async def adopt(self, identity: Identity) -> None:
        """Make tickets and digests as another store does."""
        with self._writing() as db:
            for name in ("ticket_key", "key_key"):
                db.write("UPDATE meta SET value=? WHERE key=?", (getattr(identity, name), name))

    async def last(self) -> int:
        """The place of the last run."""
        found: int = self._rows("SELECT coalesce(max(seq), 0) FROM run")[0][0]
        return found

    async def put(self, runs: Sequence[Run], after: int) -> None:
        """Add runs."""
        with self._writing() as db:
            if await self.last() != after:
                raise MoveError(f"{self.name} has other runs than before: begin again")
            for run in runs:
                values = list(run.values)
                values[_HOOK] = self._number(run.hook)
                values[_OWNER] = NOBODY if values[_STATE] == _RUNNING else None
                db.write(_PUT, tuple(values))
                self._put_rest(db, run)

    def _put_rest(self, db: Database, run: Run) -> None:
        if run.invocation is not None:
            db.write("INSERT INTO payload VALUES (?, ?)", (run.seq, run.invocation))
        if run.answer is not None:
            db.write("INSERT INTO outputs VALUES (?, ?)", (run.seq, run.answer))
        for one in run.attempts:
            values = (one.number, one.started, one.outcome, one.duration_ms, one.status_code)
            db.write(
                "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)", (run.seq, *values, one.reason)
            )

    async def put_keys(self, keys: Sequence[Key]) -> None:
        """Add keys."""
        with self._writing() as db:
            for one in keys:
                number = self._number(one.hook)
                db.write(_PUT_KEY, (number, one.key, one.run, one.expires, one.state))

    async def clear(self) -> None:
        """Forget all runs and keys, and the move; with digests of its own again."""
        identity = await self.identity()
        with self._writing() as db:
            for table in _TABLES:
                db.write(f"DELETE FROM {table}")
            db.write("UPDATE meta SET value=0 WHERE key='sequence'")
        self._numbers.clear()
        await self.adopt(Identity(identity.id, os.urandom(32), os.urandom(32)))
        await self.thaw()

    async def thaw(self) -> None:
        """Forget the move."""
        with self._writing() as db:
            db.write("DELETE FROM meta WHERE key=?", (KEY,))

    async def close(self) -> None:
        """Leave the file without a log beside it."""
        self._db.close()
        os.close(self._lock)

    def _number(self, hook: str) -> int:
        if hook not in self._numbers:
            self._db.write("INSERT INTO hook(name) VALUES (?) ON CONFLICT DO NOTHING", (hook,))
            self._numbers = dict(self._rows("SELECT name, number FROM hook"))
        return self._numbers[hook]

    def _rows(self, statement: str, values: tuple[object, ...] = ()) -> list[Any]:
        with _telling():
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        numbers = dict(self._numbers)
        try:
            with _telling(), self._db.transaction():
                yield self._db
        except BaseException:
            self._numbers = numbers
            raise


@contextmanager
def _telling() -> Iterator[None]:
    """What goes wrong with the file, as operators are told it."""
    try:
        yield
    except (Fault, sqlite3.Error) as error:
        raise MoveError(f"the store cannot be used: {error}") from None
    except OSError as error:
        raise MoveError(f"{error.filename} cannot be used: {error.strerror}") from None
