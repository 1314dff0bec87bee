"""What one process knows of the runs that all share: its own attempts, and numbers of the rest."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from gateway.runs.counts import Counts
from gateway.runs.dispatcher import Dispatcher
from gateway.runs.histogram import COMMIT, HistogramRecorder
from gateway.runs.postgres.clock import Clock
from gateway.runs.postgres.names import HookNames
from gateway.runs.postgres.shares import Shares
from gateway.runs.run import Ordered, Policies, Policy, State

ME = 1
"""The number of this process's session at its own dispatcher."""
_NOBODY = Policy(target="")


class Held(msgspec.Struct, frozen=True):
    """An attempt of this process whose end is not durable. `in_lane`: others wait for the run."""

    attempt: int
    hook: str
    again: bool
    in_lane: bool


class LocalState:
    """The dispatcher of one process, and the attempts it holds. Changed once the database has what
    it is about.

    `full` are the slots of a target for all gateways, `share` gives random numbers in [0, 1).
    """

    def __init__(self, clock: Clock, full: int, share: Callable[[], float]) -> None:
        self.clock = clock
        self.share = share
        self.full = full
        self.dispatcher = Dispatcher(full, share, clock.drift)
        self.shares = Shares()
        self.names = HookNames()
        self.counts = Counts()
        self.commits = HistogramRecorder(COMMIT)
        self.holding: dict[str, Held] = {}
        self.reserved: set[str] = set()
        """Runs of those that are held that may not be stored yet."""
        self.floors: dict[tuple[str, bool], float] = {}
        """By hook and class, before when no run is due: there may be a hundred thousand versions of
        rows that were, and that nobody may remove while somebody reads.
        """
        self.owner = 0
        """The number of this process among all owners, 0 before the database gave it one."""
        self.unfinished = 0
        self.moved: Counter[tuple[str, State, bool]] = Counter()
        """By how much numbers have changed here since they were last asked for."""
        self._claiming = ""
        self.changed: Callable[[str], None] = lambda _run: None
        """Called with each run that is in another state."""
        self.on_idle: Callable[[], None] = lambda: None
        """Called when nothing is held any more."""
        self._policies = Policies(0, {})
        self._credit = 0

    @property
    def now(self) -> float:
        """The time, by the database's clock."""
        return self.clock.now()

    def follow(self, policies: Policies) -> None:
        """Take the policies of another generation."""
        self._policies = policies
        hooks = {
            name: msgspec.structs.replace(policy, **self._part(name, policy))
            for name, policy in policies.hooks.items()
        }
        self.dispatcher.follow(Policies(policies.generation, hooks), self.now)
        self._divide_targets()
        self.joined(self._credit)

    def joined(self, credit: int) -> None:
        """This process has so many attempts at most, of the hooks that it has."""
        self._credit = credit
        self.dispatcher.joined(ME, self._policies.generation, credit, self.now)

    def shared(self, owners: list[int], at: float) -> None:
        """These processes were given runs at a time of the steady clock."""
        if not self.shares.among(owners, self.owner, at):
            return
        for name, policy in self._policies.hooks.items():
            queue = self.dispatcher.agenda.queue(name)
            queue.resize(**self._part(name, policy), now=self.now)
            self.dispatcher.agenda.place(queue, self.now)
        self._divide_targets()

    def _part(self, hook: str, policy: Policy) -> dict[str, Any]:
        """Which attempts of a hook are this process's: in flight, in a second, and at once."""
        concurrency = self.shares.part(hook, policy.concurrency)
        if policy.rate == math.inf:
            return {"concurrency": concurrency, "rate": math.inf, "burst": math.inf}
        fraction = self.shares.fraction(hook, policy.concurrency)
        burst = max(policy.burst * fraction, 1.0) if fraction else 0.0
        return {"concurrency": concurrency, "rate": policy.rate * fraction, "burst": burst}

    def is_stale(self, hook: str) -> bool:
        """Whether this process has to look at the others before it starts a run of the hook."""
        paced = self.dispatcher.agenda.queue(hook).pace is not None
        return paced and self.shares.is_stale(self.clock.steady())

    @contextmanager
    def claims(self, hook: str) -> Iterator[None]:
        """What the rate of the hook allows is promised to a claim meanwhile."""
        self._claiming = hook if self.dispatcher.agenda.queue(hook).pace is not None else ""
        try:
            yield
        finally:
            self._claiming = ""

    def may_start(self, hook: str) -> bool:
        """Whether a run that is accepted now may start here at once."""
        if not self.owner or hook == self._claiming or self.is_stale(hook):
            return False
        return self.dispatcher.may_start(hook, ME, self.now)

    def _divide_targets(self) -> None:
        for name, target in self.dispatcher.agenda.targets.items():
            target.breaker.full = max(self.shares.part(name, self.full), 1)

    def policy(self, hook: str) -> Policy:
        """A hook's policy; that of a hook which is not there is the default."""
        return self._policies.hooks.get(hook, _NOBODY)

    def ordered(self, hook: int) -> Ordered:
        """What a dead run does to its lane. Of a hook that is not there, the lanes stand."""
        policy = self._policies.hooks.get(self.names.name(hook))
        return "hold" if policy is None else policy.ordered

    def enter(
        self, hook: str, state: State, again: bool, due: float = math.inf, count: int = 1
    ) -> None:
        """So many runs are in a state now that is not RUNNING here."""
        self._count(hook, state, again, count)
        if state is State.RUNNING:
            self.dispatcher.agenda.queue(hook).counts[state] += count
        elif state not in (State.SUCCEEDED, State.CANCELLED):
            self.dispatcher.add(hook, state, again, self.now, due=due, count=count)

    def leave(self, hook: str, state: State, again: bool, count: int = 1) -> None:
        """So many runs are not in such a state any more."""
        self._count(hook, state, again, -count)
        if state is State.RUNNING:
            self.dispatcher.agenda.queue(hook).counts[state] -= count
        elif state not in (State.SUCCEEDED, State.CANCELLED):
            self.dispatcher.remove(hook, state, again, self.now, count=count)

    def hold(self, run: str, held: Held) -> None:
        """An attempt begins here."""
        self._count(held.hook, State.RUNNING, held.again, 1)
        self.dispatcher.started(run, held.hook, held.again, ME, self.now)
        self.holding[run] = held

    def count_claimed(self, hook: str, again: bool, count: int) -> None:
        """So many runs were claimed, which the dispatcher knows."""
        self.moved[hook, State.QUEUED, again] -= count
        self.moved[hook, State.RUNNING, again] += count

    def let_go(self, run: str, attempt: int, blamed: bool | None = None, took: float = 0) -> bool:
        """An attempt is no longer this process's; whether it was."""
        held = self.holding.get(run)
        if held is None or held.attempt != attempt:
            return False
        del self.holding[run]
        self._count(held.hook, State.RUNNING, held.again, -1)
        self.dispatcher.ended(run, held.hook, held.again, ME, self.now, blamed, took)
        if not self.holding:
            self.on_idle()
        return True

    def _count(self, hook: str, state: State, again: bool, count: int) -> None:
        self.moved[hook, state, again] += count
        if not state.final:
            self.unfinished += count
