"""Each file is read once for as long as its bytes stay the same."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.language.outcome import Reading
from gateway.language.read import read_source
from gateway.language.source import Source
from gateway.reload.reading_process import LARGE, ReadingProcess
from gateway.reload.snapshot import Snapshot


class Readings:
    """Reads small files at once, and large ones in processes. `when_read` is called, in a thread
    of its own, when a large file has been read.
    """

    def __init__(self) -> None:
        self.when_read: Callable[[], None] = _nothing
        self._known: dict[str, tuple[Source, Reading]] = {}
        self._reading: dict[str, ReadingProcess] = {}
        self._failed: set[str] = set()

    @property
    def news(self) -> bool:
        """Whether a large file has been read since it was late."""
        return any(one.done.is_set() for one in self._reading.values())

    def read(self, source: Source) -> Reading:
        """The reading of a source, however long that takes."""
        known = self._find(source)
        if known is None:
            self._begin(source).done.wait()
            known = self._find(source)
        assert known is not None  # noqa: S101 - it is done
        return known

    def late(self, snapshot: Snapshot, seconds: float | None) -> list[Source]:
        """The sources that have not been read `seconds` from now, None for as long as it takes."""
        waiting = [one for one in snapshot.sources if self._find(one) is None]
        processes = [self._begin(one) for one in waiting]
        due = None if seconds is None else time.monotonic() + seconds
        for process in processes:
            process.done.wait(None if due is None else max(0.0, due - time.monotonic()))
        return [one for one in waiting if self._find(one) is None]

    def retry(self) -> bool:
        """Read again what a process could not read to its end. Whether there is any."""
        for name in self._failed:
            self._known.pop(name, None)
        found, self._failed = bool(self._failed), set()
        return found

    def read_until(self, snapshot: Snapshot, due: float) -> None:
        """Read ahead while there is time (monotonic)."""
        for source in snapshot.sources:
            if time.monotonic() >= due:
                return
            if self._find(source) is None:
                self._begin(source)

    def forget_all_but(self, snapshot: Snapshot) -> None:
        """Keep what is there."""
        there = {source.name: source for source in snapshot.sources}
        self._known = {name: known for name, known in self._known.items() if name in there}
        self._failed.intersection_update(there)
        for name, process in list(self._reading.items()):
            if there.get(name) != process.source:
                self._reading.pop(name).cancel()

    def close(self) -> None:
        """End the processes that are reading."""
        for process in list(self._reading.values()):
            process.cancel()

    def _find(self, source: Source) -> Reading | None:
        """The reading, where it is known or a small matter."""
        process = self._reading.get(source.name)
        if process is not None and process.source == source and process.done.is_set():
            del self._reading[source.name]
            self._know(source, process.reading, process.failed)
        known = self._known.get(source.name)
        if known is None or (known[0] is not source and known[0] != source):
            if len(source.data) >= LARGE:
                return None
            known = self._know(source, read_source(source))
        return known[1]

    def _know(
        self, source: Source, reading: Reading, failed: bool = False
    ) -> tuple[Source, Reading]:
        known = self._known[source.name] = (source, reading)
        if failed:
            self._failed.add(source.name)
        else:
            self._failed.discard(source.name)
        return known

    def _begin(self, source: Source) -> ReadingProcess:
        process = self._reading.get(source.name)
        if process is None or process.source != source:
            if process is not None:
                process.cancel()
            process = ReadingProcess(source, self.when_read)
            self._reading[source.name] = process
        return process


def _nothing() -> None:
    pass
