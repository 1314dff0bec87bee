"""A directory of secrets, looked at by its files' names and times, never by their values."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gateway.reload.lookout import places_of
from gateway.reload.settle import PATIENCE, QUIET
from gateway.reload.snapshot import Places
from gateway.reload.tree import DATA

Signature = tuple[tuple[object, ...], ...]


class SecretsDirectory:
    """Calls `changed` when a file in the directory has been, and stands still."""

    def __init__(self, directory: Path, changed: Callable[[], None]) -> None:
        self._directory = directory
        self._changed = changed
        self._seen = _signature(directory)

    def look(self) -> Places:
        """Look once; what to watch for the next time."""
        found = _signature(self._directory)
        if found != self._seen:
            self._seen = self._settled(found)
            self._changed()
        return _places(self._directory)

    def _settled(self, found: Signature) -> Signature:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(QUIET)
            again = _signature(self._directory)
            if again == found:
                break
            found = again
        return found


def _signature(directory: Path) -> Signature:
    found: list[tuple[object, ...]] = []
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            with suppress(OSError):
                stat = os.stat(entry.path)
                found.append((entry.name, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(sorted(found, key=str))


def _places(directory: Path) -> Places:
    links = places_of(str(directory))
    try:
        real = os.path.realpath(directory, strict=True)
        stat = os.stat(real)
    except OSError:
        return links
    watched = {real: (stat.st_dev, stat.st_ino)}
    return Places(watched, links.links | {os.path.join(real, DATA)})
