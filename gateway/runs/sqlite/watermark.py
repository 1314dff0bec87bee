"""How far a store has come, beside its file: what the file has lost shows at the next start.

SQLite goes on without the end of a log that is damaged, cut or gone, and says nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import structlog

from gateway.runs.sqlite.unit_of_work import UnitOfWork

_log = structlog.get_logger("gateway.store")


class Watermark:
    """The place in the order of acceptance of the last run that is durable, with the store's id.

    It is never ahead of the file: it is written after a commit, and not synced. Whether the disk
    takes it makes no difference to the store.
    """

    def __init__(self, path: Path, unit: UnitOfWork) -> None:
        self._path = path
        self._unit = unit
        row = unit.db.one("SELECT value FROM meta WHERE key='store_id'") or (b"",)
        self._store = row[0].hex()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._compare()
        self._place = -1
        self.step()

    def _compare(self) -> None:
        """Say what is missing where the file ends before the mark."""
        store, place = self._read()
        last = self._unit.durable
        if store == self._store and place > last:
            _log.error(
                "stored runs are missing",
                runs=place - last,
                store=str(self._unit.db.path),
                reason="runs.db-wal was removed, cut or damaged, or an older runs.db was put back",
            )
        elif store not in ("", self._store):
            _log.warning("the state directory has another store than before", runs_before=place)

    def step(self) -> None:
        """Follow what was committed; before anybody is told of it."""
        if self._place != self._unit.durable:
            self._place = self._unit.durable
            with suppress(OSError):
                os.pwrite(self._file, f"{self._store} {self._place:>20}\n".encode(), 0)

    def _read(self) -> tuple[str, int]:
        words = os.pread(self._file, 100, 0).decode("ascii", "replace").split()
        if len(words) == 2 and words[1].isdecimal():
            return words[0], int(words[1])
        return "", 0

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)
