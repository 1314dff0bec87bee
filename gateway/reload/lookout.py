"""Waiting until it is worth looking again: events where there are any, else a clock."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import structlog
from watchfiles._rust_notify import RustNotify, WatchfilesRustInternalError

from gateway.reload.snapshot import Places
from gateway.reload.tree import Identity, ways

NET = 5.0
"""Seconds after which everything is looked at again, whatever the events say."""
POLL = 1.0
"""The same where there are no events."""
STEP_MS = 20
BURST_MS = 100
DELETED = 3
UNDECODABLE = "Unable to decode path"

LIMITED = (
    "the gateway looks for changes every second, because the system allows no more watches: raise "
    "fs.inotify.max_user_instances and fs.inotify.max_user_watches, or the limit of open files"
)
SILENT = "the gateway looks for changes every second, because {} sends no events"
_log = structlog.get_logger("gateway.reload")


class Lookout:
    """Calls `look` in a thread of its own, at once, after each change, and every `NET` seconds,
    until it is closed. `look` gives the places to watch from then on; whatever it raises is
    logged, and the next look comes all the same.

    `silent` is the type of a file system whose changes send no events, empty where they do:
    there, it looks every `POLL` seconds. `problem` says in words why changes may come late.
    """

    def __init__(self, name: str, look: Callable[[], Places], silent: str = "") -> None:
        self.problem = SILENT.format(silent) if silent else ""
        self._look = look
        self._net = POLL if silent else NET
        self._wanted = _Flag()
        self._closed = False
        self._places = Places()
        self._watched: dict[str, Identity] = {}
        self._notify: RustNotify | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        if self.problem:
            _log.warning(self.problem)
        self._thread.start()

    def wake(self) -> None:
        """Look as soon as possible; from any thread, and from a signal handler."""
        self._wanted.set()

    def close(self) -> None:
        """End after the look that is under way."""
        self._closed = True
        self._wanted.set()
        self._thread.join(1.0)

    def _run(self) -> None:
        while True:
            self._wanted.clear()
            if self._closed:
                return self._disarm()
            try:
                self._places = self._look()
            except Exception:
                _log.exception("checking for changes failed")
            try:
                if not self._arm():
                    self._wait()
            except Exception:
                _log.exception("the file watcher failed")
                self._disarm()
                self._wanted.wait(POLL)

    def _arm(self) -> bool:
        """Watch the places that are there now. Whether that is new, so that what was missed
        before has to be looked for.
        """
        wanted = _existing(self._places)
        if wanted == self._watched:
            return False
        self._disarm()
        try:
            self._notify = RustNotify(list(wanted), False, False, 0, False, True)
        except FileNotFoundError:
            return False
        except (OSError, RuntimeError):
            if self.problem != LIMITED:
                _log.warning(LIMITED)
            self.problem = LIMITED
            return False
        self._watched = wanted
        if self.problem == LIMITED:
            self.problem = ""
        return True

    def _disarm(self) -> None:
        self._watched = {}
        if self._notify is not None:
            self._notify.close()
            self._notify = None

    def _wait(self) -> None:
        if self._notify is None:
            self._wanted.wait(POLL)
            return
        deadline = time.monotonic() + self._net
        while not self._wanted.is_set() and (left := deadline - time.monotonic()) > 0:
            found = self._heard(self._notify, left)
            if isinstance(found, str):
                return
            if any(kind == DELETED and path in self._watched for kind, path in found):
                # What stands there next may look the same, down to the inode's number.
                self._disarm()
                return
            if any(self._matters(path) for _, path in found):
                return

    def _heard(self, notify: RustNotify, seconds: float) -> set[tuple[int, str]] | str:
        """The changes of a moment, or in a word why there are none."""
        try:
            return notify.watch(BURST_MS, STEP_MS, round(seconds * 1000) + 1, self._wanted)
        except WatchfilesRustInternalError as error:
            if UNDECODABLE not in str(error):
                raise
        # A name that is not UTF-8 has changed: this watch tells nothing more, not even where. The
        # pause bounds the looks where such a file is written all the time.
        self._disarm()
        self._wanted.wait(BURST_MS / 1000)
        return "undecodable"

    def _matters(self, path: str) -> bool:
        places = self._places
        return (
            path in places.links
            or path in places.directories
            or os.path.dirname(path) in places.directories
        )


class _Flag:
    """An event without a lock: a signal handler may set it while another one does."""

    def __init__(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._set and time.monotonic() < deadline:
            time.sleep(STEP_MS / 1000)


def _existing(places: Places) -> dict[str, Identity]:
    """The directories to watch: those that were looked at, and those in which links stand."""
    found = dict(places.directories)
    for path in {os.path.dirname(link) for link in places.links} - set(found):
        with suppress(OSError):
            stat = os.stat(path)
            found[path] = (stat.st_dev, stat.st_ino)
    return found


def places_of(path: str) -> Places:
    """What to watch of a path that cannot be looked at: whatever could bring it back."""
    return Places({}, frozenset(ways(path)))
