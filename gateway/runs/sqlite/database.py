"""The one connection to the store's file."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any

from gateway.runs.histogram import COMMIT, HistogramRecorder
from gateway.runs.sqlite.directory import sync_directory
from gateway.runs.sqlite.fault import GIVE_UP, TRY_AGAIN, Fault, fault
from gateway.runs.sqlite.migrate import check_library, migrate

PAGE = 4096
_LITTLE = 16 * 1024 * 1024
"""Bytes; one transaction may need as much."""
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_NO_FILE = {errno.ELOOP, errno.EISDIR, errno.ENXIO}
"""What stands in the place of the file: a link, a directory, a socket."""
_PRAGMAS = (
    # Nobody else may open the file, not even to read: no reader can hold up a checkpoint, and
    # versions before 3.51.3 damage the file when two connections checkpoint at once.
    "locking_mode=EXCLUSIVE",
    f"page_size={PAGE}",
    "auto_vacuum=INCREMENTAL",
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=1000",
    "journal_size_limit=67108864",
    "cache_size=-32000",
    "temp_store=MEMORY",
    "trusted_schema=OFF",
)
Row = tuple[Any, ...]


def check_log(path: Path) -> None:
    """Raise a Fault where the file is gone and its log is not: SQLite would remove the log."""
    if _size(path) == 0 and _size(f"{path}-wal"):
        raise Fault(
            GIVE_UP,
            f"{path} is missing or empty, and {path}-wal has runs of it; put back {path.name}, or "
            "move the log away",
        )


def _size(path: Path | str) -> int:
    with suppress(FileNotFoundError):
        return os.stat(path).st_size
    return 0


def _made(path: Path) -> tuple[int, int]:
    """Make the file before SQLite would, for this user alone, and tell which one it is."""
    try:
        descriptor = os.open(path, _FLAGS, 0o600)
    except OSError as error:
        status = GIVE_UP if error.errno in _NO_FILE else TRY_AGAIN
        raise Fault(status, f"{path} cannot be opened: {error.strerror}") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Fault(GIVE_UP, f"{path} is not a regular file")
        # A copy may have been made with the modes of its maker.
        os.fchmod(descriptor, 0o600)
        return _place(found)
    finally:
        os.close(descriptor)


def _place(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


# Without adapters, sqlite3 looks for one at each blob and null that is bound, and formats an error.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), lambda none: none)


class Database:
    """Statements and transactions. Errors of SQLite pass through as they are.

    `size` is how many bytes the file may have; deletions and results are possible even then.
    """

    def __init__(self, path: Path, size: int, now: int) -> None:
        check_library()
        check_log(path)
        self.path = path
        self._wal = f"{path}-wal"
        self.commits = HistogramRecorder(COMMIT)
        places = {str(path): _made(path)}
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        try:
            for pragma in _PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}").fetchall()
            self._connection.execute(f"PRAGMA max_page_count={max(size // PAGE, 1)}").fetchall()
            if migrate(self._connection, now):
                # From here on, the file alone is a store, whatever becomes of its log.
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                sync_directory(path.parent)
            places[self._wal] = _place(os.stat(self._wal))
        except sqlite3.Error as error:
            self._connection.close()
            raise fault(error, str(path)) from error
        except BaseException:
            self._connection.close()
            raise
        self._places = places
        self.execute = self._connection.execute
        self.write = self._connection.cursor().execute
        """The same for a statement that gives no rows, with one cursor for all of them."""

    def is_in_place(self) -> bool:
        """Whether file and log are where they were opened. What is not ends with this process."""
        try:
            return all(_place(os.stat(path)) == place for path, place in self._places.items())
        except OSError:
            return False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything within is on disk when this ends, or nothing of it where it raises."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            begun = perf_counter()
            self.execute("COMMIT")
            self.commits.add(perf_counter() - begun)
        except BaseException:
            # A full disk has ended the transaction already.
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    def one(self, statement: str, values: tuple[object, ...] = ()) -> Row | None:
        """The first row. Nothing stays open: a statement that is not done holds up checkpoints."""
        rows: list[Row] = self.execute(statement, values).fetchall()
        return rows[0] if rows else None

    def number(self, statement: str, values: tuple[object, ...] = ()) -> int:
        """The number that the first row consists of."""
        value: int = self.execute(statement, values).fetchall()[0][0]
        return value

    def used(self) -> int:
        """Bytes of pages in use."""
        return (self.number("PRAGMA page_count") - self.free_pages()) * PAGE

    def free_pages(self) -> int:
        """Pages of the file that are not in use."""
        return self.number("PRAGMA freelist_count")

    def disk_is_full(self) -> bool:
        """Whether it is the disk that has no room, and not the file that may not grow."""
        free = os.statvfs(self.path.parent)
        return free.f_bavail * free.f_frsize < _LITTLE

    def shrink(self, pages: int) -> None:
        """Give unused pages back to the file system."""
        self.execute(f"PRAGMA incremental_vacuum({pages})").fetchall()

    def wal_bytes(self) -> int:
        """The size of the write-ahead log."""
        return _size(self._wal)

    def backup(self, target: Path, pages: int, between: object) -> None:
        """Copy the file to a new one; `between` is called after so many pages each."""
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        try:
            with closing(sqlite3.connect(target, isolation_level=None)) as copy:
                self._connection.backup(copy, pages=pages, progress=between)  # type: ignore[arg-type]
        except BaseException:
            # Half a copy looks like one.
            target.unlink(missing_ok=True)
            raise

    def close(self) -> None:
        """Empty the log into the file and let go of it."""
        with suppress(sqlite3.Error):
            self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._connection.close()
