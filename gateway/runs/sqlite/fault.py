"""What ends the store process, and what its errors mean."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Literal

TRY_AGAIN = 75
"""Exit status of a store that another one may take the place of: EX_TEMPFAIL of sysexits.h."""
GIVE_UP = 78
"""Exit status after which another start would end in the same way: EX_CONFIG of sysexits.h."""
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DISK = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


class Fault(Exception):  # noqa: N818 - named for what happened
    """The store cannot go on. `status` is the exit status; the text is for the operator."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class InUse(Fault):
    """Another process has the state directory."""

    def __init__(self, state: Path, process: str) -> None:
        said = f"{state} is used by another gateway (process {process})"
        super().__init__(GIVE_UP, f"{said}: each gateway needs a state directory of its own")


class Unreadable(Exception):  # noqa: N818 - named for what happened
    """A row is not what was written: the file is damaged, and SQLite has not noticed."""


Meaning = Literal["full", "fatal", "statement"]


def meaning(error: sqlite3.Error) -> Meaning:
    """Whether the disk is full, the store must end, or only a statement failed."""
    code = _code(error)
    if code == sqlite3.SQLITE_FULL:
        return "full"
    if code in _CORRUPT | _LOCKED | _DISK | {sqlite3.SQLITE_NOMEM}:
        return "fatal"
    return "statement"


def fault(error: sqlite3.Error, path: str) -> Fault:
    """The end of the store that an error of SQLite means."""
    code = _code(error)
    if code in _CORRUPT:
        return damaged(error, path)
    if code in _LOCKED:
        return Fault(GIVE_UP, f"{path} is locked by another process ({error})")
    return Fault(TRY_AGAIN, f"{path} cannot be read or written ({error})")


def damaged(error: Exception, path: str) -> Fault:
    """The end of a store whose file is not what it was."""
    return Fault(
        GIVE_UP,
        f"{path} is damaged ({error}); stop the gateway, run `gateway runs check`, "
        "and restore a backup or move the file away",
    )


def _code(error: sqlite3.Error) -> int:
    """The primary result code; the extended ones say which system call failed."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
