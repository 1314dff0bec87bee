"""The runs of one hook as numbers: what is due, what is in flight, what may start."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from gateway.runs.pace import Pace, no_drift
from gateway.runs.quota import Quota
from gateway.runs.run import Policy, State

UNKNOWN = "no durable hook of this name"
NOWHERE = "no worker has the hook yet"
Numbers = Mapping[tuple[State, bool], int]
"""How many runs are in a state, first attempts and further ones apart."""


class Share(msgspec.Struct, frozen=True):
    """What of a hook's due runs may start: so many of a class, the one due longest first."""

    again: bool
    count: int


class Claim(msgspec.Struct, frozen=True):
    """An order to an engine: start at most `count` due runs of a hook and class in a worker."""

    hook: str
    again: bool
    owner: int
    count: int


class HookQueue:
    """One hook's runs. First attempts and further ones are two classes: while both are due, each
    has half of what is in flight. `due` are lower bounds until an engine has looked. `drift` is
    that of `Pace`.
    """

    __slots__ = ("_drift", "_held_until", "_last", "_why", "counts", "due", "name", "newest",
                 "pace", "policy", "queued", "quota", "running", "wake")  # fmt: skip

    def __init__(self, name: str, drift: Callable[[], float] = no_drift) -> None:
        self.name = name
        self._drift = drift
        self.policy: Policy | None = None
        self.pace: Pace | None = None
        """None for a hook without a rate."""
        self.quota = Quota(math.inf)
        self.counts: dict[State, int] = dict.fromkeys(State, 0)
        self.queued = [0, 0]
        self.running = [0, 0]
        self.due = [math.inf, math.inf]
        self.wake = math.inf
        """When the dispatcher will look at the hook, of itself."""
        self.newest = 0
        """The newest generation that a worker serves."""
        self._last = True
        self._held_until = -math.inf
        self._why = ""

    def follow(self, policy: Policy | None, now: float, full: bool = False) -> None:
        """Take the policy of another generation; None where it has no such hook. `full`: a pace
        that begins lets its burst start at once.
        """
        self.policy = policy
        self.quota.limit = math.inf if policy is None else policy.limit
        self._held_until = -math.inf
        if policy is not None:
            self._set_pace(policy, now, full)

    def resize(self, concurrency: int, rate: float, burst: float, now: float) -> None:
        """Let so many attempts be in flight, and start."""
        if self.policy is not None:
            part = {"concurrency": concurrency, "rate": rate, "burst": burst}
            self.policy = msgspec.structs.replace(self.policy, **part)
            self._set_pace(self.policy, now, full=False)

    def _set_pace(self, policy: Policy, now: float, full: bool) -> None:
        if policy.rate == math.inf:
            self.pace = None
        elif self.pace is None:
            level = policy.burst if full else 0
            self.pace = Pace(policy.rate, policy.burst, level, now, self._drift)
        else:
            self.pace.resize(policy.rate, policy.burst, now)

    def hold(self, until: float, why: str) -> None:
        """Claim nothing for some time."""
        self._held_until, self._why = until, why

    def held(self, now: float) -> str:
        """Why nothing is claimed, in words; empty where that is not so."""
        if self.policy is None:
            return UNKNOWN
        if self.policy.held or self.is_nowhere:
            return self.policy.held or NOWHERE
        return self._why if now < self._held_until else ""

    @property
    def is_nowhere(self) -> bool:
        """Whether the workers that are given runs have not got the hook yet."""
        return self.policy is not None and self.policy.since > self.newest

    def add(self, state: State, again: bool, count: int = 1, due: float = math.inf) -> None:
        """So many runs are in a state, which they were not in before."""
        self.counts[state] += count
        if state is State.QUEUED:
            self.queued[again] += count
            if due < self.due[again]:
                self.due[again] = due
        elif state is State.RUNNING:
            self.running[again] += count
            self._last = again

    def remove(self, state: State, again: bool, count: int = 1) -> None:
        """So many runs are no longer in a state."""
        self.counts[state] -= count
        if state is State.QUEUED:
            self.queued[again] -= count
            if not self.queued[again]:
                self.due[again] = math.inf
        elif state is State.RUNNING:
            self.running[again] -= count

    def looked(self, again: bool, due: float, now: float, found: int) -> None:
        """An engine claimed `found` runs of a class, and the next of them is due at `due`."""
        self.due[again] = due if found else max(due, now + 1)

    def recount(self, counts: Numbers, due: Sequence[float]) -> None:
        """Take over what an engine has found: how many runs are in which state and class, and when
        the first of each class is due. What is in flight here stays as it is counted.
        """
        for state in (State.WAITING, State.QUEUED, State.RUNNING):
            self.counts[state] = sum(counts.get((state, again), 0) for again in (False, True))
        for again in (False, True):
            self.queued[again] = counts.get((State.QUEUED, again), 0)
            first = min(self.due[again], due[again])
            self.due[again] = first if self.queued[again] > 0 else math.inf

    @property
    def unfinished(self) -> int:
        """How many runs count against the hook's limit."""
        counts = self.counts
        return counts[State.WAITING] + counts[State.QUEUED] + counts[State.RUNNING]

    @property
    def in_flight(self) -> int:
        """How many attempts were started and have not ended."""
        return self.running[0] + self.running[1]

    @property
    def free(self) -> int:
        """How many attempts may start, by the hook's own concurrency."""
        if self.policy is None:
            return 0
        free = self.policy.concurrency - self.running[0] - self.running[1]
        return max(0, free)

    def room(self, now: float) -> int:
        """How many attempts of a hook that is ready may start, by its concurrency and its rate."""
        if self.pace is None:
            return self.free
        # One at least, by whatever the sum of times is rounded to that made it ready.
        return min(self.free, max(self.pace.free(now), 1))

    @property
    def mark(self) -> int:
        """What tells the attempts that started last from others, see `give_back`."""
        return 0 if self.pace is None else self.pace.mark

    def give_back(self, count: int, mark: int) -> None:
        """So many of the attempts with this mark are not made."""
        if self.pace is not None:
            self.pace.give_back(count, mark)

    def rate_limited(self, now: float) -> bool:
        """Whether something is due that only the rate keeps from starting."""
        waits = min(self.due) <= now and self.free > 0 and not self.held(now)
        return waits and self.pace is not None and not self.pace.free(now)

    @property
    def opens(self) -> float:
        """When something may be claimed; infinite where that takes more than time."""
        first, again = self.due
        due = min(again, first)
        if due == math.inf or not self.free or self.policy is None or self.policy.held:
            return math.inf
        if self.is_nowhere:
            return math.inf
        opens = max(due, self._held_until)
        return opens if self.pace is None else max(opens, self.pace.opens)

    def share(self, now: float, most: int) -> Share:
        """What to claim of at most `most` runs, where something is due."""
        first, again = (due <= now for due in self.due)
        if not (first and again):
            return Share(again, most)
        if self.policy is not None and self.policy.ordered:
            return Share(self.due[True] < self.due[False], most)
        behind = abs(self.running[True] - self.running[False])
        return Share(self._again_next, max(1, min(most, (most + behind + 1) // 2)))

    def fresh_may_start(self, now: float) -> bool:
        """Whether a run that is accepted now is the next to start, as far as its hook goes."""
        if self.due[False] <= now or not self.free or self.held(now):
            return False
        if self.pace is not None and not self.pace.free(now):
            return False
        if self.due[True] > now:
            return True
        return not (self.policy is None or self.policy.ordered or self._again_next)

    @property
    def _again_next(self) -> bool:
        """Whether it is the turn of the further attempts, where both classes are due."""
        ahead = self.running[True] - self.running[False]
        return ahead < 0 or (ahead == 0 and not self._last)
