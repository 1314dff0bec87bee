"""A state directory with runs of every kind, and what is in one."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from gateway.runs.sqlite.database import Database
from gateway.runs.transfer.rows import COLUMNS

HOOKS = ("orders", "refunds", "größe")
STATES = (0, 1, 2, 4, 5, 6)
NOW = 1_795_000_000_000
_NAMES = ", ".join(f"r.{name}" for name in COLUMNS)
_RUNS = f"SELECT h.name, {_NAMES} FROM run r JOIN hook h ON h.number=r.hook ORDER BY r.seq"  # noqa: S608
_TABLES = {
    "run": _RUNS,
    "payload": "SELECT * FROM payload ORDER BY seq",
    "outputs": "SELECT * FROM outputs ORDER BY seq",
    "attempt": "SELECT * FROM attempt ORDER BY seq, number",
    "dedup": "SELECT h.name, d.key, coalesce(d.run, r.id), d.expires, d.state FROM dedup d"
    " JOIN hook h ON h.number=d.hook LEFT JOIN run r USING (seq)"
    " WHERE coalesce(d.run, r.id) IS NOT NULL ORDER BY h.name, d.key",
    "meta": "SELECT key, value FROM meta WHERE key IN ('ticket_key', 'key_key') ORDER BY key",
}


def fill(state: Path, count: int, size: int = 20) -> Path:
    """A directory with so many runs, each of another kind, and gaps where some were purged."""
    state.mkdir(parents=True)
    chance = random.Random(count)  # noqa: S311
    db = Database(state / "runs.db", 1 << 40, NOW)
    with db.transaction():
        for number, name in enumerate(HOOKS, 1):
            db.write("INSERT INTO hook VALUES (?, ?)", (number, name))
        for place in range(count):
            _add(db, chance, 1 + place * 2, size)
        # Of runs that are gone: one whose key is still known, and a dead one.
        gone = chance.randbytes(16)
        db.write("INSERT INTO dedup VALUES (1, ?, 9999999, ?, ?, 4)", (b"gone", NOW, gone))
        db.write("INSERT INTO dedup VALUES (1, ?, 9999998, ?, NULL, NULL)", (b"dead", NOW))
    db.close()
    return state


def _add(db: Database, chance: random.Random, seq: int, size: int) -> None:
    state = chance.choice(STATES)
    hook = chance.randrange(len(HOOKS)) + 1
    final = state > 2
    started = chance.choice((None, NOW + seq)) if state < 2 else NOW + seq
    lane, key = (chance.choice((None, chance.randbytes(16))) for _ in range(2))
    values = (
        seq, chance.randbytes(16), hook, state, chance.randrange(2),
        NOW + chance.randrange(100_000) if state == 1 else None, chance.randrange(5),
        chance.randrange(5), chance.randrange(5), 7 if state == 2 else None, NOW + seq,
        NOW + 1_000_000 + seq, started, NOW + seq if final else None,
        NOW + 5_000_000 if final else None, lane, key, chance.randbytes(32),
        chance.choice((None, 200, 503)), chance.choice(("", "the workflow answered 503", "größe")),
        chance.choice((None, 12)), chance.choice((None, chance.randbytes(16))), size,
    )  # fmt: skip
    db.write(f"INSERT INTO run VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608
    db.write("INSERT INTO payload VALUES (?, ?)", (seq, chance.randbytes(size)))
    if state == 4:
        db.write("INSERT INTO outputs VALUES (?, ?)", (seq, chance.randbytes(10)))
    for number in range(1, chance.randrange(4)):
        taken = (seq, number, NOW, "retry", 3, chance.choice((None, 500)), "größe")
        db.write("INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?, ?)", taken)
    if key is not None:
        db.write("INSERT INTO dedup VALUES (?, ?, ?, ?, NULL, NULL)", (hook, key, seq, NOW + 9))


def content(state: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a move is about. Owners and numbers of hooks are those of their store."""
    with closing(sqlite3.connect(state / "runs.db")) as file:
        found = {name: file.execute(query).fetchall() for name, query in _TABLES.items()}
    hook, owner = 1 + COLUMNS.index("hook"), 1 + COLUMNS.index("owner")
    found["run"] = [
        tuple(value for place, value in enumerate(row) if place not in (hook, owner))
        for row in found["run"]
    ]
    return found
