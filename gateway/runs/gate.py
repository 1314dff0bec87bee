"""The gate: which hook may start how many runs now, in which worker. Engines only count and look.

Numbers are told by whoever changed a row, so that they are the rows' own. Times are seconds of the
store's clock, passed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from math import ceil

import msgspec

from gateway.runs.alarms import Alarms
from gateway.runs.breaker import Breaker
from gateway.runs.line import Line, Numbers
from gateway.runs.run import Policies, State
from gateway.runs.sessions import Sessions
from gateway.runs.target import Target

HOLD = 5.0
"""Seconds for which a hook is left alone whose worker could not start its run."""


class Claim(msgspec.Struct, frozen=True):
    """An order to an engine: start at most `count` due runs of a hook and class in a worker."""

    hook: str
    again: bool
    owner: int
    count: int


class Gate:
    """All hooks, targets and workers. `full` are the slots of a target; `share` gives random
    numbers in [0, 1).
    """

    def __init__(self, full: int, share: Callable[[], float]) -> None:
        self.sessions = Sessions()
        self.lines: dict[str, Line] = {}
        self.targets: dict[str, Target] = {}
        self._full = full
        self._share = share
        self._ready: dict[str, Target] = {}
        """The targets with hooks that could claim something, the next one first."""
        self._alarms = Alarms()

    def follow(self, policies: Policies, now: float) -> None:
        """Take the policies of another generation."""
        for name in policies.hooks:
            self.line(name)
        for known in self.targets.values():
            known.in_flight = 0
            known.ready.clear()
        self._ready.clear()
        self._alarms.clear()
        for name, line in self.lines.items():
            line.follow(policies.hooks.get(name))
            line.wake = math.inf
            if target := self._target(line):
                target.in_flight += line.in_flight
            self._place(line, now)
        self._forget()

    def line(self, hook: str) -> Line:
        """The runs of one hook, be it known to the generation or not."""
        line = self.lines.get(hook)
        if line is None:
            line = self.lines[hook] = Line(hook)
            line.newest = self.sessions.newest
        return line

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
        for line in self.lines.values() if newest != before else ():
            line.newest = newest
            self._place(line, now)

    def add(
        self, hook: str, state: State, again: bool, now: float, *, due: float = math.inf,
        count: int = 1,
    ) -> None:  # fmt: skip
        """So many runs entered a state that is not RUNNING."""
        line = self.line(hook)
        before = line.due[again]
        line.add(state, again, count, due)
        # Where the first of them is due as before, the hook stands where it belongs.
        if line.due[again] != before:
            self._place(line, now)

    def resize(self, hook: str, concurrency: int, now: float) -> None:
        """So many attempts of a hook may be in flight from now on; all else about it stays."""
        self.line(hook).resize(concurrency)
        self._place(self.line(hook), now)

    def recount(self, hook: str, counts: Numbers, due: Sequence[float], now: float) -> None:
        """Take over what an engine has found whose runs are others' as well; see `Line.recount`."""
        self.line(hook).recount(counts, due)
        self._place(self.line(hook), now)

    def remove(self, hook: str, state: State, again: bool, now: float, *, count: int = 1) -> None:
        """So many runs left a state that is not RUNNING."""
        line = self.line(hook)
        line.remove(state, again, count)
        self._place(line, now)

    def started(self, run: str, hook: str, again: bool, owner: int, now: float) -> None:
        """A run is running in a worker; it was counted in no state."""
        line = self.line(hook)
        self._start(line, (run,), again, owner)
        self._place(line, now)

    def ended(
        self, run: str, hook: str, again: bool, owner: int, now: float,
        blamed: bool | None = None, took: float = 0,
    ) -> None:  # fmt: skip
        """A run is no longer running. `blamed` and `took` are those of `Breaker.ended`."""
        line = self.line(hook)
        line.remove(State.RUNNING, again)
        self.sessions.ended(owner)
        if target := self._target(line):
            target.in_flight -= 1
            target.breaker.ended(run, blamed, now, took)
        self._place(line, now)

    def pause(self, hook: str, now: float, seconds: float) -> None:
        """The target of a hook asked for a pause."""
        if target := self._target(self.line(hook)):
            target.breaker.pause(now, seconds)

    def hold(self, hook: str, now: float, why: str) -> None:
        """A worker could not start a run of the hook."""
        line = self.line(hook)
        line.hold(now + HOLD, why)
        self._place(line, now)

    def may_start(self, hook: str, owner: int, now: float) -> bool:
        """Whether a run that is accepted now may start at once in the worker that accepts it:
        nothing that is due waits for the same slots, and no probe is to be chosen.
        """
        line = self.line(hook)
        target = self._target(line)
        if target is None or not line.fresh_may_start(now) or not self.sessions.free(owner):
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
        line = target.next_line(now)
        part = min(target.part(line, now), ceil(worker.free / len(able)))
        share = line.share(now, min(line.free, part))
        return Claim(line.name, share.again, worker.number, share.count)

    def claimed(self, claim: Claim, runs: Sequence[str], next_due: float, now: float) -> None:
        """The runs of a claim are running; the next one of their class is due at `next_due`,
        infinite where there is none.
        """
        line = self.line(claim.hook)
        line.remove(State.QUEUED, claim.again, len(runs))
        line.looked(claim.again, next_due, now, len(runs))
        self._start(line, runs, claim.again, claim.owner)
        self._place(line, now)
        if target := self._target(line):
            target.turn(line.name)
            self._turn(target)

    def wakes(self, now: float) -> float:
        """When something may be claimed that may not be now, if nobody says anything until then;
        infinite where that takes more than time.
        """
        self._open(now)
        quiet = (target.breaker.quiet_until for target in self._ready.values())
        times = [time for time in quiet if time > now]
        return min([*times, self._alarms.next])

    def _start(self, line: Line, runs: Sequence[str], again: bool, owner: int) -> None:
        line.add(State.RUNNING, again, len(runs))
        self.sessions.started(owner, len(runs))
        if target := self._target(line):
            target.in_flight += len(runs)
            for run in runs:
                target.breaker.started(run)

    def _target(self, line: Line) -> Target | None:
        """The target of a hook, None for a hook that is not there."""
        if line.policy is None:
            return None
        name = line.policy.target
        target = self.targets.get(name)
        if target is None:
            target = self.targets[name] = Target(name, Breaker(self._full, self._share))
        return target

    def _place(self, line: Line, now: float) -> None:
        """Put a hook where it belongs: among those that are ready, or where time finds it."""
        target = self._target(line)
        if target is None:
            return
        opens = line.opens
        if opens <= now:
            line.wake = math.inf
            target.ready[line.name] = line
            self._ready[target.name] = target
            return
        if target.ready.pop(line.name, None) and not target.ready:
            del self._ready[target.name]
        self._alarms.set(line, opens)

    def _turn(self, target: Target) -> None:
        """A target had its turn, and goes behind the others."""
        if self._ready.pop(target.name, None):
            self._ready[target.name] = target

    def _open(self, now: float) -> None:
        """Find the hooks whose time has come."""
        for line in self._alarms.rung(now):
            self._place(line, now)

    def _forget(self) -> None:
        """Drop hooks without runs that are not there any more, and targets without hooks."""
        kept = {n: one for n, one in self.lines.items() if one.policy or any(one.counts.values())}
        used = {one.policy.target for one in kept.values() if one.policy}
        self.lines = kept
        self.targets = {name: one for name, one in self.targets.items() if name in used}
