"""The dispatcher: which hook may start how many runs now, in which worker. Engines count and look.

Numbers are told by whoever changed a row, so that they are the rows' own. Times are seconds of the
store's clock, passed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import ceil

from gateway.runs.breaker import Breaker
from gateway.runs.hook_queue import Claim, HookQueue
from gateway.runs.pace import no_drift
from gateway.runs.run import Policies, State
from gateway.runs.sessions import Sessions
from gateway.runs.target import Target
from gateway.runs.timers import Timers

HOLD = 5.0
"""Seconds for which a hook is left alone whose worker could not start its run."""


class Dispatcher:
    """All hooks, targets and workers. `full` are the slots of a target; `share` gives random
    numbers in [0, 1). `drift` is that of `Pace`.
    """

    def __init__(
        self, full: int, share: Callable[[], float], drift: Callable[[], float] = no_drift
    ) -> None:
        self.begins_full = False
        """Whether a pace that begins lets its burst start: no process started attempts before."""
        self.sessions = Sessions()
        self.queues: dict[str, HookQueue] = {}
        self.targets: dict[str, Target] = {}
        self._full = full
        self._share = share
        self._drift = drift
        self._ready: dict[str, Target] = {}
        """The targets with hooks that could claim something, the next one first."""
        self._timers = Timers()

    def follow(self, policies: Policies, now: float) -> None:
        """Take the policies of another generation."""
        for name in policies.hooks:
            self.queue(name)
        for known in self.targets.values():
            known.in_flight = 0
            known.ready.clear()
        self._ready.clear()
        self._timers.clear()
        for name, queue in self.queues.items():
            queue.follow(policies.hooks.get(name), now, self.begins_full)
            queue.wake = math.inf
            if target := self._target(queue):
                target.in_flight += queue.in_flight
            self.place(queue, now)
        self._forget()
        # A rate that comes later limits what comes later.
        self.begins_full = True

    def queue(self, hook: str) -> HookQueue:
        """The runs of one hook, be it known to the generation or not."""
        queue = self.queues.get(hook)
        if queue is None:
            queue = self.queues[hook] = HookQueue(hook, self._drift)
            queue.newest = self.sessions.newest
        return queue

    def joined(self, number: int, generation: int, credit: int, now: float) -> None:
        """A worker is there, or has another generation or another credit now."""
        before = self.sessions.newest
        self.sessions.joined(number, generation, credit)
        self._rank(before, now)

    def left(self, number: int, now: float) -> None:
        """A worker is gone."""
        before = self.sessions.newest
        self.sessions.left(number)
        self._rank(before, now)

    def _rank(self, before: int, now: float) -> None:
        """Look at all hooks again where the newest generation is another one than before."""
        newest = self.sessions.newest
        for queue in self.queues.values() if newest != before else ():
            queue.newest = newest
            self.place(queue, now)

    def add(
        self, hook: str, state: State, again: bool, now: float, *, due: float = math.inf,
        count: int = 1,
    ) -> None:  # fmt: skip
        """So many runs entered a state that is not RUNNING."""
        queue = self.queue(hook)
        before = queue.due[again]
        queue.add(state, again, count, due)
        # Where the first of them is due as before, the hook stands where it belongs.
        if queue.due[again] != before:
            self.place(queue, now)

    def remove(self, hook: str, state: State, again: bool, now: float, *, count: int = 1) -> None:
        """So many runs left a state that is not RUNNING."""
        queue = self.queue(hook)
        queue.remove(state, again, count)
        self.place(queue, now)

    def started(self, run: str, hook: str, again: bool, owner: int, now: float) -> None:
        """A run begins to run in a worker; it was counted in no state."""
        queue = self.queue(hook)
        if queue.pace is not None:
            queue.pace.take(1, now)
        self._start(queue, (run,), again, owner)
        self.place(queue, now)

    def resumed(self, run: str, hook: str, again: bool, owner: int, now: float) -> None:
        """A run is running in a worker, and was before, in whatever process."""
        queue = self.queue(hook)
        self._start(queue, (run,), again, owner)
        self.place(queue, now)

    def ended(
        self, run: str, hook: str, again: bool, owner: int, now: float,
        blamed: bool | None = None, took: float = 0,
    ) -> None:  # fmt: skip
        """A run is no longer running. `blamed` and `took` are those of `Breaker.ended`."""
        queue = self.queue(hook)
        queue.remove(State.RUNNING, again)
        self.sessions.ended(owner)
        if target := self._target(queue):
            target.in_flight -= 1
            target.breaker.ended(run, blamed, now, took)
        self.place(queue, now)

    def pause(self, hook: str, now: float, seconds: float) -> None:
        """The target of a hook asked for a pause."""
        if target := self._target(self.queue(hook)):
            target.breaker.pause(now, seconds)

    def hold(self, hook: str, now: float, why: str) -> None:
        """A worker could not start a run of the hook."""
        queue = self.queue(hook)
        queue.hold(now + HOLD, why)
        self.place(queue, now)

    def may_start(self, hook: str, owner: int, now: float) -> bool:
        """Whether a run that is accepted now may start at once in the worker that accepts it:
        nothing that is due waits for the same slots, and no probe is to be chosen.
        """
        queue = self.queue(hook)
        target = self._target(queue)
        if target is None or not queue.fresh_may_start(now) or not self.sessions.free(owner):
            return False
        self._open(now)
        if target.ready and any(name != hook for name in target.ready):
            return False
        return target.breaker.free(now, target.in_flight) > 0 and not target.breaker.probing

    def next_claim(self, now: float) -> Claim | None:
        """What is to be claimed next; to be asked again until there is nothing, after `claimed`."""
        worker = self.sessions.freest
        if worker is None:
            return None
        self._open(now)
        able = [target for target in self._ready.values() if target.free(now)]
        if not able:
            return None
        target = able[0]
        queue = target.next_queue(now)
        part = min(target.part(queue, now), ceil(worker.free / len(able)))
        share = queue.share(now, min(queue.room(now), part))
        return Claim(queue.name, share.again, worker.number, share.count)

    def claimed(self, claim: Claim, runs: Sequence[str], next_due: float, now: float) -> None:
        """The runs of a claim are running; the next one of their class is due at `next_due`,
        infinite where there is none.
        """
        queue = self.queue(claim.hook)
        queue.remove(State.QUEUED, claim.again, len(runs))
        queue.looked(claim.again, next_due, now, len(runs))
        if queue.pace is not None and runs:
            queue.pace.take(len(runs), now)
        self._start(queue, runs, claim.again, claim.owner)
        self.place(queue, now)
        if target := self._target(queue):
            target.turn(queue.name)
            self._turn(target)

    def wakes(self, now: float) -> float:
        """When something may be claimed that may not be now, if nobody says anything until then;
        infinite where that takes more than time.
        """
        self._open(now)
        quiet = (target.breaker.quiet_until for target in self._ready.values())
        times = [time for time in quiet if time > now]
        return min([*times, self._timers.next])

    def _start(self, queue: HookQueue, runs: Sequence[str], again: bool, owner: int) -> None:
        queue.add(State.RUNNING, again, len(runs))
        self.sessions.started(owner, len(runs))
        if target := self._target(queue):
            target.in_flight += len(runs)
            for run in runs:
                target.breaker.started(run)

    def _target(self, queue: HookQueue) -> Target | None:
        """The target of a hook, None for a hook that is not there."""
        if queue.policy is None:
            return None
        name = queue.policy.target
        target = self.targets.get(name)
        if target is None:
            target = self.targets[name] = Target(name, Breaker(self._full, self._share))
        return target

    def place(self, queue: HookQueue, now: float) -> None:
        """Put a hook where it belongs, once it was changed: among those that are ready, or where
        time finds it.
        """
        target = self._target(queue)
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

    def _turn(self, target: Target) -> None:
        """A target had its turn, and goes behind the others."""
        if self._ready.pop(target.name, None):
            self._ready[target.name] = target

    def _open(self, now: float) -> None:
        """Find the hooks whose time has come."""
        for queue in self._timers.rung(now):
            self.place(queue, now)

    def _forget(self) -> None:
        """Drop hooks without runs that are not there any more, and targets without hooks."""
        kept = {n: one for n, one in self.queues.items() if one.policy or any(one.counts.values())}
        used = {one.policy.target for one in kept.values() if one.policy}
        self.queues = kept
        self.targets = {name: one for name, one in self.targets.items() if name in used}
