"""The dispatcher: which hook may start how many runs now, in which worker. Engines count and look.

Numbers are told by whoever changed a row, so that they are the rows' own. Times are seconds of the
store's clock, passed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import ceil

from gateway.runs.agenda import Agenda
from gateway.runs.hook_queue import Claim, HookQueue
from gateway.runs.pace import no_drift
from gateway.runs.run import Policies, State
from gateway.runs.sessions import Sessions

HOLD = 5.0
"""Seconds for which a hook is left alone whose worker could not start its run."""


class Dispatcher:
    """All hooks and workers. `full`, `share` and `drift` are those of `Agenda`."""

    def __init__(
        self, full: int, share: Callable[[], float], drift: Callable[[], float] = no_drift
    ) -> None:
        self.begins_full = False
        """Whether a pace that begins lets its burst start: no process started attempts before."""
        self.sessions = Sessions()
        self.agenda = Agenda(full, share, drift)

    def follow(self, policies: Policies, now: float) -> None:
        """Take the policies of another generation."""
        self.agenda.follow(policies, now, self.begins_full)
        # A rate that comes later limits what comes later.
        self.begins_full = True

    def joined(self, number: int, generation: int, credit: int, now: float) -> None:
        """A worker is there, or has another generation or another credit now."""
        self.sessions.joined(number, generation, credit)
        self.agenda.rank(self.sessions.newest, now)

    def left(self, number: int, now: float) -> None:
        """A worker is gone."""
        self.sessions.left(number)
        self.agenda.rank(self.sessions.newest, now)

    def add(
        self, hook: str, state: State, again: bool, now: float, *, due: float = math.inf,
        count: int = 1,
    ) -> None:  # fmt: skip
        """So many runs entered a state that is not RUNNING."""
        queue = self.agenda.queue(hook)
        before = queue.due[again]
        queue.add(state, again, count, due)
        # Where the first of them is due as before, the hook stands where it belongs.
        if queue.due[again] != before:
            self.agenda.place(queue, now)

    def remove(self, hook: str, state: State, again: bool, now: float, *, count: int = 1) -> None:
        """So many runs left a state that is not RUNNING."""
        queue = self.agenda.queue(hook)
        queue.remove(state, again, count)
        self.agenda.place(queue, now)

    def started(self, run: str, hook: str, again: bool, owner: int, now: float) -> None:
        """A run begins to run in a worker; it was counted in no state."""
        queue = self.agenda.queue(hook)
        if queue.pace is not None:
            queue.pace.take(1, now)
        self._start(queue, (run,), again, owner)
        self.agenda.place(queue, now)

    def resumed(self, run: str, hook: str, again: bool, owner: int, now: float) -> None:
        """A run is running in a worker, and was before, in whatever process."""
        queue = self.agenda.queue(hook)
        self._start(queue, (run,), again, owner)
        self.agenda.place(queue, now)

    def ended(
        self, run: str, hook: str, again: bool, owner: int, now: float,
        blamed: bool | None = None, took: float = 0,
    ) -> None:  # fmt: skip
        """A run is no longer running. `blamed` and `took` are those of `Breaker.ended`."""
        queue = self.agenda.queue(hook)
        queue.remove(State.RUNNING, again)
        self.sessions.ended(owner)
        if target := self.agenda.target(queue):
            target.in_flight -= 1
            target.breaker.ended(run, blamed, now, took)
        self.agenda.place(queue, now)

    def pause(self, hook: str, now: float, seconds: float) -> None:
        """The target of a hook asked for a pause."""
        if target := self.agenda.target(self.agenda.queue(hook)):
            target.breaker.pause(now, seconds)

    def hold(self, hook: str, now: float, why: str) -> None:
        """A worker could not start a run of the hook."""
        queue = self.agenda.queue(hook)
        queue.hold(now + HOLD, why)
        self.agenda.place(queue, now)

    def may_start(self, hook: str, owner: int, now: float) -> bool:
        """Whether a run that is accepted now may start at once in the worker that accepts it:
        nothing that is due waits for the same slots, and no probe is to be chosen.
        """
        queue = self.agenda.queue(hook)
        target = self.agenda.target(queue)
        if target is None or not queue.fresh_may_start(now) or not self.sessions.free(owner):
            return False
        self.agenda.open(now)
        if target.ready and any(name != hook for name in target.ready):
            return False
        return target.breaker.free(now, target.in_flight) > 0 and not target.breaker.probing

    def next_claim(self, now: float) -> Claim | None:
        """What is to be claimed next; to be asked again until there is nothing, after `claimed`."""
        worker = self.sessions.freest
        if worker is None:
            return None
        able = self.agenda.able(now)
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
        queue = self.agenda.queue(claim.hook)
        queue.remove(State.QUEUED, claim.again, len(runs))
        queue.looked(claim.again, next_due, now, len(runs))
        if queue.pace is not None and runs:
            queue.pace.take(len(runs), now)
        self._start(queue, runs, claim.again, claim.owner)
        self.agenda.place(queue, now)
        if target := self.agenda.target(queue):
            target.turn(queue.name)
            self.agenda.turn(target)

    def _start(self, queue: HookQueue, runs: Sequence[str], again: bool, owner: int) -> None:
        queue.add(State.RUNNING, again, len(runs))
        self.sessions.started(owner, len(runs))
        if target := self.agenda.target(queue):
            target.in_flight += len(runs)
            for run in runs:
                target.breaker.started(run)
