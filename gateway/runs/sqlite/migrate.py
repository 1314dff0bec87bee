"""The schema of the store's file, and how an older one becomes the present one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from importlib.resources import files

from gateway.runs.sqlite.fault import GIVE_UP, Fault

APPLICATION = 0x67777279
"""In the file's header: "gwry"."""
SCRIPTS = ("schema.sql",)
"""The first makes a new file; each further one is for a file of the version before it."""
_OLDEST = (3, 37, 0)
"""The first SQLite with STRICT tables."""


def check_library() -> None:
    """Raise a Fault where SQLite itself is too old."""
    if sqlite3.sqlite_version_info < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        raise Fault(
            GIVE_UP, f"SQLite {sqlite3.sqlite_version} is too old: durable delivery needs {wanted}"
        )


def migrate(connection: sqlite3.Connection, now: int, scripts: Sequence[str] | None = None) -> bool:
    """Bring a file to the present version in one transaction, or leave it as it is; whether it had
    another version.

    `scripts` are the statements of each version; None: those of this gateway. `now` is in
    milliseconds. Raises a Fault for a file of a newer gateway, or of something else.
    """
    scripts = _scripts() if scripts is None else scripts
    version = _pragma(connection, "user_version")
    _check(connection, version, len(scripts))
    if version == len(scripts):
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        for script in scripts[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        if version == 0:
            _found(connection, now)
        connection.execute(f"PRAGMA user_version={len(scripts)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return True


def _check(connection: sqlite3.Connection, version: int, present: int) -> None:
    if version > present:
        raise Fault(
            GIVE_UP,
            f"the store has version {version} and this gateway knows up to {present}: "
            "start the newer gateway that wrote it",
        )
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not empty and _pragma(connection, "application_id") != APPLICATION:
        raise Fault(GIVE_UP, "the file is an SQLite database, but not a store of this gateway")


def _found(connection: sqlite3.Connection, now: int) -> None:
    connection.execute(f"PRAGMA application_id={APPLICATION}")
    made = {"store_id": 16, "ticket_key": 32, "key_key": 32}
    rows = [*((name, os.urandom(size)) for name, size in made.items()), ("created", now)]
    connection.executemany("INSERT INTO meta VALUES (?, ?)", [*rows, ("sequence", 0)])


def _scripts() -> tuple[str, ...]:
    folder = files("gateway.runs.sqlite")
    return tuple((folder / name).read_text() for name in SCRIPTS)


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would commit before the first."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return value
