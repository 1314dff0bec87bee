"""When to look at hooks again that nobody says anything about."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

from gateway.runs.hook_queue import HookQueue

_SLACK = 64


class Timers:
    """A heap of times. An entry counts that is its hook's `wake`."""

    def __init__(self) -> None:
        self._entries: list[tuple[float, str]] = []
        self._queues: dict[str, HookQueue] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget all of them."""
        self._entries.clear()
        self._queues.clear()

    def set(self, queue: HookQueue, at: float) -> None:
        """Look at a hook at another time; infinite: not of itself."""
        if at != queue.wake and at < math.inf:
            heapq.heappush(self._entries, (at, queue.name))
            self._queues[queue.name] = queue
        queue.wake = at
        if len(self._entries) > _SLACK + 4 * len(self._queues):
            self._tidy()

    def rung(self, now: float) -> Iterator[HookQueue]:
        """The hooks whose time has come; each is to be set again."""
        while self._entries and self._entries[0][0] <= now:
            at, name = heapq.heappop(self._entries)
            queue = self._queues.get(name)
            if queue is not None and queue.wake == at:
                queue.wake = math.inf
                yield queue

    @property
    def next(self) -> float:
        """When the next one is due at the earliest; infinite where there is none."""
        return self._entries[0][0] if self._entries else math.inf

    def _tidy(self) -> None:
        """Drop the entries of hooks that were looked at in the meantime."""
        queues = [queue for queue in self._queues.values() if queue.wake < math.inf]
        self._queues = {queue.name: queue for queue in queues}
        self._entries = [(queue.wake, queue.name) for queue in queues]
        heapq.heapify(self._entries)
