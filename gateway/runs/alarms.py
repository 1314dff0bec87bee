"""When to look at hooks again that nobody says anything about."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

from gateway.runs.line import Line

_SLACK = 64


class Alarms:
    """A heap of times. An entry counts that is its hook's `wake`."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, str]] = []
        self._lines: dict[str, Line] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget all of them."""
        self._entries.clear()
        self._lines.clear()

    def set(self, line: Line, at: float) -> None:
        """Look at a hook at another time; infinite: not of itself."""
        if at != line.wake and at < math.inf:
            heapq.heappush(self._entries, (at, line.name))
            self._lines[line.name] = line
        line.wake = at
        if len(self._entries) > _SLACK + 4 * len(self._lines):
            self._tidy()

    def rung(self, now: float) -> Iterator[Line]:
        """The hooks whose time has come; each is to be set again."""
        while self._entries and self._entries[0][0] <= now:
            at, name = heapq.heappop(self._entries)
            line = self._lines.get(name)
            if line is not None and line.wake == at:
                line.wake = math.inf
                yield line

    @property
    def next(self) -> float:
        """When the next one is due at the earliest; infinite where there is none."""
        return self._entries[0][0] if self._entries else math.inf

    def _tidy(self) -> None:
        """Drop the entries of hooks that were looked at in the meantime."""
        lines = [line for line in self._lines.values() if line.wake < math.inf]
        self._lines = {line.name: line for line in lines}
        self._entries = [(line.wake, line.name) for line in lines]
        heapq.heapify(self._entries)
