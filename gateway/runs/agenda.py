"""Hooks and the servers that they call: which hook may start something now, or else when.

Times are seconds of the store's clock, passed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from gateway.runs.breaker import Breaker
from gateway.runs.hook_queue import HookQueue
from gateway.runs.pace import no_drift
from gateway.runs.run import Policies
from gateway.runs.target import Target
from gateway.runs.timers import Timers


class Agenda:
    """Each hook stands among those that are ready, or where time finds it. `full` are the slots of
    a target; `share` gives random numbers in [0, 1). `drift` is that of `Pace`.
    """

    def __init__(
        self, full: int, share: Callable[[], float], drift: Callable[[], float] = no_drift
    ) -> None:
        self.queues: dict[str, HookQueue] = {}
        self.targets: dict[str, Target] = {}
        self._full = full
        self._share = share
        self._drift = drift
        self._newest = 0
        self._ready: dict[str, Target] = {}
        """The targets with hooks that could claim something, the next one first."""
        self._timers = Timers()

    def __len__(self) -> int:
        """How many times are known at which to look at a hook."""
        return len(self._timers)

    def follow(self, policies: Policies, now: float, full: bool) -> None:
        """Take the policies of another generation; `full` is that of `HookQueue.follow`."""
        for name in policies.hooks:
            self.queue(name)
        for known in self.targets.values():
            known.in_flight = 0
            known.ready.clear()
        self._ready.clear()
        self._timers.clear()
        for name, queue in self.queues.items():
            queue.follow(policies.hooks.get(name), now, full)
            queue.wake = math.inf
            if target := self.target(queue):
                target.in_flight += queue.in_flight
            self.place(queue, now)
        self._forget()

    def rank(self, newest: int, now: float) -> None:
        """Workers serve this generation now, and none a newer one."""
        if newest == self._newest:
            return
        self._newest = newest
        for queue in self.queues.values():
            queue.newest = newest
            self.place(queue, now)

    def queue(self, hook: str) -> HookQueue:
        """The runs of one hook, be it known to the generation or not."""
        queue = self.queues.get(hook)
        if queue is None:
            queue = self.queues[hook] = HookQueue(hook, self._drift)
            queue.newest = self._newest
        return queue

    def target(self, queue: HookQueue) -> Target | None:
        """The target of a hook, None for a hook that is not there."""
        if queue.policy is None:
            return None
        name = queue.policy.target
        target = self.targets.get(name)
        if target is None:
            target = self.targets[name] = Target(name, Breaker(self._full, self._share))
        return target

    def place(self, queue: HookQueue, now: float) -> None:
        """Put a hook where it belongs, once it was changed."""
        target = self.target(queue)
        if target is None:
            return
        opens = queue.opens
        if opens <= now:
            queue.wake = math.inf
            target.ready[queue.name] = queue
            self._ready[target.name] = target
            return
        if target.ready.pop(queue.name, None) and not target.ready:
            del self._ready[target.name]
        self._timers.set(queue, opens)

    def able(self, now: float) -> list[Target]:
        """The targets where a hook could claim something now, the next one first."""
        self.open(now)
        return [target for target in self._ready.values() if target.free(now)]

    def turn(self, target: Target) -> None:
        """A target had its turn, and goes behind the others."""
        if self._ready.pop(target.name, None):
            self._ready[target.name] = target

    def open(self, now: float) -> None:
        """Find the hooks whose time has come."""
        for queue in self._timers.rung(now):
            self.place(queue, now)

    def wakes(self, now: float) -> float:
        """When something may be claimed that may not be now, if nobody says anything until then;
        infinite where that takes more than time.
        """
        self.open(now)
        quiet = (target.breaker.quiet_until for target in self._ready.values())
        times = [time for time in quiet if time > now]
        return min([*times, self._timers.next])

    def _forget(self) -> None:
        """Drop hooks without runs that are not there any more, and targets without hooks."""
        kept = {n: one for n, one in self.queues.items() if one.policy or any(one.counts.values())}
        used = {one.policy.target for one in kept.values() if one.policy}
        self.queues = kept
        self.targets = {name: one for name, one in self.targets.items() if name in used}
