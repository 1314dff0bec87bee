"""Who waits for the outcome of a run."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import msgspec

from gateway.runs.run import Record


class Watcher(msgspec.Struct, frozen=True, order=True):
    """Waits until `until`, in ms; answered as question `number` of a session."""

    until: int
    session: int
    number: int
    run: str

    def is_answered(self, record: Record | None) -> bool:
        """Whether there is nothing to wait for."""
        if record is None or record.state.final:
            return True
        return record.next_attempt is not None and record.next_attempt * 1000 > self.until


class Watchers:
    """All of them, by run and by time."""

    def __init__(self) -> None:
        self._by_run: dict[str, set[Watcher]] = {}
        self._by_time: list[Watcher] = []

    def __contains__(self, run: str) -> bool:
        return run in self._by_run

    def __bool__(self) -> bool:
        return bool(self._by_run)

    def add(self, watcher: Watcher) -> None:
        """One more."""
        self._by_run.setdefault(watcher.run, set()).add(watcher)
        heapq.heappush(self._by_time, watcher)

    def answered(self, run: str, record: Record | None) -> list[Watcher]:
        """Those who need not wait any more, now that a run has changed; they are forgotten."""
        found = [one for one in self._by_run.get(run, ()) if one.is_answered(record)]
        for one in found:
            self._forget(one)
        return found

    def over(self, now: int) -> Iterator[Watcher]:
        """Those whose time is up; they are forgotten."""
        while self._by_time and self._by_time[0].until <= now:
            watcher = heapq.heappop(self._by_time)
            if watcher in self._by_run.get(watcher.run, ()):
                self._forget(watcher)
                yield watcher

    @property
    def next(self) -> float:
        """When the time of the next one is up, in ms; infinite where nobody waits."""
        return self._by_time[0].until if self._by_time else float("inf")

    def _forget(self, watcher: Watcher) -> None:
        watchers = self._by_run[watcher.run]
        watchers.discard(watcher)
        if not watchers:
            del self._by_run[watcher.run]
