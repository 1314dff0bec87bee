"""What a store promises, as a dict: the runs by id, and where each of them may go."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.runs.run import Accepted, Duplicate, NewRun, Policy, Result, State
from gateway.runs.selection import Changed, Selection

UNFINISHED = (State.WAITING, State.QUEUED, State.RUNNING)
ACTIVE = (State.QUEUED, State.RUNNING)
HOLD = 5.0
ROUNDED = 0.01
DEADLY = 5
"""So many interruptions end a run."""


@dataclass
class Run:
    """One run. `due` is None where only the store knows it, within `bounds`."""

    id: str
    seq: int
    hook: str
    lane: bytes | None
    key: bytes | None
    accepted: float
    give_up: float
    invocation: bytes
    state: State = State.WAITING
    due: float = 0
    attempts: int = 0
    tries: int = 0
    interrupted: int = 0
    owner: int = 0
    finished: float | None = None
    expires: float | None = None
    latest: float = 0
    """Where a delay is random, the latest time at which the run may be due; else `due`."""
    replay_of: str | None = None

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED


@dataclass
class Key:
    run: str
    expires: float
    state: State | None = None


def keeps(starts: Sequence[float], rate: float, burst: float) -> bool:
    """Whether in any time no more attempts began than the burst, and the rate times that time."""
    return rate == math.inf or all(
        last - first + 1 <= burst + rate * (starts[last] - starts[first]) + ROUNDED
        for last in range(len(starts))
        for first in range(last + 1)
    )


@dataclass
class Model:
    """All runs, told what is done to the store and what the store said."""

    policies: dict[str, Policy]
    now: float
    runs: dict[str, Run] = field(default_factory=dict)
    keys: dict[tuple[str, bytes], Key] = field(default_factory=dict)
    held: dict[tuple[str, int], float] = field(default_factory=dict)
    """Until when a hook is left alone after an attempt that could not be made; by owner as well
    where several stores begin attempts.
    """
    full: set[str] = field(default_factory=set)
    """Hooks that are at their limit, or were and are not far below it."""
    count: int = 0
    shared: bool = False
    """Whether several stores begin attempts, each its part of them."""
    starts: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """When attempts of a hook began, as far as the store knows."""
    all_starts: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def follow(self, policies: dict[str, Policy]) -> None:
        """The store has the policies of another generation."""
        self.policies = policies
        self.held.clear()
        for run in list(self.runs.values()):
            if run.lane is not None:
                self._settle(run)

    def duplicate_of(self, hook: str, key: bytes | None) -> Duplicate | None:
        """What an accept with this key is to answer."""
        entry = self.keys.get((hook, key)) if key is not None else None
        if entry is None or entry.expires <= self.now:
            return None
        state = entry.state or self.runs[entry.run].state
        return None if state is State.DEAD else Duplicate(entry.run, state)

    def is_full(self, hook: str) -> bool:
        """Whether an accept is to be refused, which is remembered."""
        limit = self.policies[hook].limit
        used = sum(run.unfinished for run in self.runs.values() if run.hook == hook)
        if used >= (limit * 0.95 if hook in self.full else limit):
            self.full.add(hook)
        else:
            self.full.discard(hook)
        return hook in self.full

    def accept(self, new: NewRun, accepted: Accepted, owner: int) -> None:
        """The store has kept a run."""
        if new.key is not None:
            self.keys[new.hook, new.key] = Key(new.id, self.now + new.key_within)
        run = self._add(new.id, new.hook, new.lane, new.invocation)
        run.key, run.give_up = new.key, self.now + new.give_up
        self._settle(run)
        if accepted.attempt:
            assert new.start
            self.start(run.id, accepted.attempt, owner)

    def _add(self, name: str, hook: str, lane: bytes | None, invocation: bytes) -> Run:
        self.count += 1
        give_up = self.now + self.policies[hook].give_up
        run = Run(name, self.count, hook, lane, None, self.now, give_up, invocation)
        self.runs[name] = run
        return run

    def start(self, name: str, attempt: int, owner: int) -> None:
        """The store says that an attempt starts, which it may."""
        run = self.runs[name]
        assert run.state is State.QUEUED, "only what is queued starts"
        assert run.due <= self.now, "nothing starts before it is due"
        assert attempt == run.attempts + 1, "attempts are counted"
        assert not self.is_held(run.hook, owner), "a hook that is held starts nothing"
        of_hook = self.running(run.hook)
        if not self.shared:
            assert len(of_hook) < self.policies[run.hook].concurrency
        # Where each owner has a part, what it began before another one came is in flight still.
        mine = sum(one.owner == owner for one in of_hook)
        assert mine < self.policies[run.hook].concurrency
        assert self.shared or self.allows(run.hook), "a rate is kept"
        self.starts[run.hook].append(self.now)
        self.all_starts[run.hook].append(self.now)
        policy = self.policies[run.hook]
        assert keeps(self.all_starts[run.hook], policy.rate, policy.burst), "whatever happens"
        run.state, run.attempts, run.owner = State.RUNNING, attempt, owner

    def allows(self, hook: str) -> bool:
        """Whether the hook's rate is kept if another attempt begins now."""
        policy = self.policies[hook]
        return keeps([*self.starts[hook], self.now], policy.rate, policy.burst)

    def _starts_now(self, hook: str) -> bool:
        """Whether what may begin begins: where several stores divide a rate, that takes time."""
        return self.policies[hook].rate == math.inf or (not self.shared and self.allows(hook))

    def begin_anew(self) -> None:
        """The store does not know what began before: it takes it for as much as could have, if it
        ever had a run. It leaves no hook alone.
        """
        self.held.clear()
        for hook, policy in self.policies.items():
            if self.count and policy.burst < math.inf:
                self.starts[hook] = [self.now] * int(policy.burst)

    def is_held(self, hook: str, owner: int) -> bool:
        until = self.held.get((hook, owner if self.shared else 0), 0)
        return bool(self.policies[hook].held) or until > self.now

    def running(self, hook: str) -> list[Run]:
        return [
            run for run in self.runs.values() if run.hook == hook and run.state is State.RUNNING
        ]

    def of(self, owner: int) -> list[Run]:
        return [run for run in self.runs.values() if run.owner == owner]

    def report(self, result: Result) -> None:
        """The store has taken a result."""
        run = self.runs[result.run]
        match result.outcome:
            case "succeeded" | "dead" as outcome:
                run.tries += 1
                self._end(run, State(outcome))
            case "retry":
                run.tries += 1
                self._queue(run, self.now + result.delay)
            case "interrupted":
                self._queue(run, self.now)
            case "held":
                # With a delay, this run alone waits.
                if not result.delay:
                    self.held[run.hook, run.owner if self.shared else 0] = self.now + HOLD
                self._queue(run, self.now + result.delay)

    def lose(self, owner: int) -> None:
        """A worker is gone."""
        for run in self.of(owner):
            run.interrupted += 1
            if run.interrupted == DEADLY:
                self._end(run, State.DEAD)
                continue
            self._queue(run, self.now)
            if run.interrupted == DEADLY - 1 and run.state is State.QUEUED:
                self._queue_about(run, self.policies[run.hook].after[0])

    def _queue_about(self, run: Run, delay: float) -> None:
        """Queue a run after a delay of which the store chooses up to a fifth."""
        self._queue(run, self.now + 0.8 * delay)
        if run.state is State.QUEUED:
            run.latest = self.now + 1.2 * delay

    def found_dead(self, run: Run) -> None:
        """The store has chosen a delay with which the run would be given up before it is due."""
        assert run.state is State.QUEUED
        assert run.due < run.give_up <= run.latest
        self._end(run, State.DEAD)

    def pass_time(self, now: float) -> None:
        """Time passes: what is too old is dead, what was kept long enough is gone."""
        self.now = now
        for run in list(self.runs.values()):
            if run.state in (State.WAITING, State.QUEUED) and run.give_up <= now:
                self._end(run, State.DEAD)
        for run in list(self.runs.values()):
            if run.expires is not None and run.expires <= now:
                self._purge(run)

    def cancel(self, which: Selection) -> Changed:
        """What a cancellation is to answer, and that it is done."""

        def fits(run: Run) -> bool:
            held = run.lane is not None and self.policies[run.hook].ordered == "hold"
            if which.state is State.DEAD:
                return run.state is State.DEAD
            return run.unfinished or (held and run.state is State.DEAD)

        chosen = [run for run in self._chosen(which) if fits(run)]
        for run in chosen:
            self._end(run, State.CANCELLED)
        return Changed(
            matched=len(chosen), changed=len(chosen), runs=tuple(run.id for run in chosen)
        )

    def replay(self, which: Selection) -> Changed:
        """What a replay under the old ids is to answer, and that it is done."""
        chosen = [run for run in self._chosen(which) if run.state in (State.DEAD, State.CANCELLED)]
        for run in chosen:
            run.tries = run.interrupted = 0
            run.give_up = self.now + self.policies[run.hook].give_up
            run.state, run.finished, run.expires = State.WAITING, None, None
            self._settle(run)
        return Changed(
            matched=len(chosen), changed=len(chosen), runs=tuple(run.id for run in chosen)
        )

    def copies(self, which: Selection) -> list[Run]:
        """The runs of which a replay under new ids starts copies."""
        return [run for run in self._chosen(which) if not run.unfinished]

    def copy(self, original: Run, name: str) -> None:
        """The store has started a copy."""
        run = self._add(name, original.hook, original.lane, original.invocation)
        run.replay_of = original.id
        self._settle(run)

    def _chosen(self, which: Selection) -> list[Run]:
        if which.runs:
            return [self.runs[run] for run in which.runs if run in self.runs]
        return [
            run
            for run in self.runs.values()
            if which.hook in ("", run.hook) and which.state in (None, run.state)
        ]

    def _queue(self, run: Run, due: float) -> None:
        if due >= run.give_up:
            self._end(run, State.DEAD)
            return
        run.state, run.due, run.latest, run.owner = State.QUEUED, due, due, 0

    def _end(self, run: Run, state: State) -> None:
        policy = self.policies[run.hook]
        keep = policy.keep_succeeded if state is State.SUCCEEDED else policy.keep_dead
        run.state, run.owner = state, 0
        run.finished, run.expires = self.now, self.now + keep
        self._settle(run)

    def _purge(self, run: Run) -> None:
        del self.runs[run.id]
        for place, key in list(self.keys.items()):
            if key.run == run.id:
                key.state = run.state
                if run.state is State.DEAD:
                    del self.keys[place]
        self._settle(run)

    def _settle(self, run: Run) -> None:
        """Queue what no longer has to wait."""
        if run.lane is None:
            if run.state is State.WAITING:
                self._queue(run, self.now)
            return
        lane = [o for o in self.runs.values() if (o.hook, o.lane) == (run.hook, run.lane)]
        holds = self.policies[run.hook].ordered == "hold"
        blocking = (*UNFINISHED, State.DEAD) if holds else UNFINISHED
        rest = sorted((o for o in lane if o.state in blocking), key=lambda o: o.seq)
        active = any(o.state in ACTIVE for o in rest)
        if rest and rest[0].state is State.WAITING and not active:
            self._queue(rest[0], self.now)

    def startable(
        self, credit: int, slots: Callable[[int, str], int], owners: list[int]
    ) -> list[Run]:
        """What could start now, and therefore is to have started. `slots` says how many attempts
        of a hook an owner may make.
        """
        return [
            run
            for run in self.runs.values()
            if run.state is State.QUEUED
            and run.latest <= self.now
            and len(self.running(run.hook)) < self.policies[run.hook].concurrency
            and self._starts_now(run.hook)
            and any(
                self._takes(owner, run.hook, credit, slots(owner, run.hook)) for owner in owners
            )
        ]

    def _takes(self, owner: int, hook: str, credit: int, slots: int) -> bool:
        """Whether an owner may begin another attempt."""
        if self.is_held(hook, owner):
            return False
        running = [run for run in self.of(owner) if run.state is State.RUNNING]
        return len(running) < credit and sum(run.hook == hook for run in running) < slots
