"""What several hooks have in common: a server that they all call."""

from __future__ import annotations

from math import ceil

from gateway.runs.breaker import Breaker
from gateway.runs.hook_queue import HookQueue


class Target:
    """A server with so many slots and one breaker. `ready` are the hooks that could claim something
    there, the next one first.
    """

    __slots__ = ("breaker", "in_flight", "name", "ready")

    def __init__(self, name: str, breaker: Breaker) -> None:
        self.name = name
        self.breaker = breaker
        self.in_flight = 0
        self.ready: dict[str, HookQueue] = {}

    def free(self, now: float) -> int:
        """How many attempts may start."""
        return self.breaker.free(now, self.in_flight)

    def next_queue(self, now: float) -> HookQueue:
        """Whose turn it is. A probe is the run that is due longest."""
        if self.breaker.position(now) == "half-open":
            return min(self.ready.values(), key=lambda queue: min(queue.due))
        return next(iter(self.ready.values()))

    def part(self, queue: HookQueue, now: float) -> int:
        """How many attempts a hook may start in its turn, and all that are ready alike."""
        even = ceil(self.breaker.slots(now) / len(self.ready))
        return max(min(even - queue.in_flight, self.free(now)), 1)

    def turn(self, hook: str) -> None:
        """A hook had its turn, and goes behind the others."""
        if queue := self.ready.pop(hook, None):
            self.ready[hook] = queue
