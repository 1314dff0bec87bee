"""Everything that may happen to a store, in any order, beside a dict of what it promises.

Run by hand for more than the suite does: `python -m tests.runs.machine 300 [ENGINE…]`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator, Sequence
from itertools import count
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway.ids import uuid7
from gateway.runs.endings import EXPIRED
from gateway.runs.run import Accepted, Assignment, NewRun, Outcome, Policies, Policy, Result, State
from gateway.runs.selection import Detail, Query, Selection
from gateway.runs.store import RunStore, StoreFull
from tests.runs.engines import ENGINES
from tests.runs.model import Model, Run

T = TypeVar("T")
CREDIT = 3
WORKERS = 2
POLICY = Policy(
    target="http://workflows:80",
    concurrency=3,
    limit=6,
    after=(10, 40),
    give_up=100,
    keep_succeeded=80,
    keep_dead=150,
)
HOOKS = {
    "plain": msgspec.structs.replace(POLICY, concurrency=2),
    "ordered": msgspec.structs.replace(POLICY, ordered="continue"),
    "holding": msgspec.structs.replace(POLICY, ordered="hold"),
    "paced": msgspec.structs.replace(POLICY, ordered="continue", rate=0.1, burst=2),
}
NAMES = st.sampled_from(sorted(HOOKS))
DIGESTS = st.sampled_from([None, b"1" * 16, b"2" * 16])
PLACES = st.integers(0, 20)
OUTCOMES: list[Outcome] = ["succeeded", "retry", "dead", "interrupted", "held"]


class Worker:
    """One worker: what was assigned to it, and what it may do too late."""

    def __init__(self, number: int, store: RunStore) -> None:
        self.number = number
        self.store = store
        self.inbox: list[Assignment] = []
        self.stopped: list[tuple[str, int]] = []
        store.deliver(self.inbox.append, lambda *one: self.stopped.append(one), CREDIT)


class Machine(RuleBasedStateMachine):
    """A store, two workers, and the model."""

    engine: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.bench = ENGINES[self.engine]()
        self.run(self.bench.open(Policies(1, HOOKS)))
        self.model = Model(dict(HOOKS), self.bench.now(), shared=self.engine == "postgres")
        self.workers = [self.join(number) for number in range(1, WORKERS + 1)]
        self.joined = WORKERS
        self.over: list[tuple[str, int]] = []
        """Attempts that have ended, in whatever way."""
        self.gone: list[str] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def join(self, number: int) -> Worker:
        async def joined() -> Worker:
            return Worker(number, await self.bench.join())

        return self.run(joined())

    @property
    def store(self) -> RunStore:
        return self.workers[0].store

    def in_flight(self) -> list[Run]:
        return [run for run in self.model.runs.values() if run.state is State.RUNNING]

    @initialize()
    def begin(self) -> None:
        """A store is empty at first."""
        assert self.run(self.store.list(Query())).runs == ()

    @rule(
        hook=NAMES, key=DIGESTS, lane=DIGESTS, place=PLACES, start=st.booleans(),
        give_up=st.sampled_from([60, 100]),
    )  # fmt: skip
    def accept(
        self,
        hook: str,
        key: bytes | None,
        lane: bytes | None,
        place: int,
        start: bool,
        give_up: int,
    ) -> None:
        worker = self.workers[place % WORKERS]
        name = uuid7()
        lane = None if hook == "plain" else lane
        new = NewRun(
            id=name, hook=hook, invocation=name.encode(), gate=b"32 bytes", give_up=give_up,
            key=key, key_within=120, lane=lane, start=start,
        )  # fmt: skip
        duplicate = self.model.duplicate_of(hook, key)
        full = duplicate is None and self.model.is_full(hook)
        try:
            answer = self.run(worker.store.accept(new))
        except StoreFull:
            assert full
            return
        assert not full
        if duplicate is not None:
            assert answer == duplicate
        else:
            assert isinstance(answer, Accepted)
            assert answer.run == name
            self.model.accept(new, answer, worker.number)

    @precondition(lambda self: self.in_flight())
    @rule(
        place=PLACES, outcome=st.sampled_from(OUTCOMES), delay=st.sampled_from([0, 10, 40, 100]),
        code=st.sampled_from([None, 200, 500]),
    )  # fmt: skip
    def report(self, place: int, outcome: Outcome, delay: int, code: int | None) -> None:
        running = self.in_flight()
        run = running[place % len(running)]
        result = Result(
            run=run.id, attempt=run.attempts, outcome=outcome, delay=delay, status_code=code,
            reason=f"said {code}", duration_ms=7,
            answer=b"outputs" if outcome == "succeeded" else None,
        )  # fmt: skip
        worker = next(one for one in self.workers if one.number == run.owner)
        self.over.append((run.id, run.attempts))
        assert self.run(worker.store.report(result))
        self.model.report(result)
        shown = self.show(run)
        record = shown.record
        if run.state is not State.RUNNING:
            assert (record.status_code, record.duration_ms) == (code, 7)
            assert record.reason in (f"said {code}", EXPIRED)

    @precondition(lambda self: self.over or self.in_flight())
    @rule(place=PLACES, ahead=st.booleans())
    def report_what_is_not_ones_own(self, place: int, ahead: bool) -> None:
        """A late result, or one of an attempt that another worker has or that never began."""
        running = [(run.id, run.attempts + ahead) for run in self.in_flight()]
        run, attempt = (self.over + running)[place % len(self.over + running)]
        known = self.model.runs.get(run)
        is_current = known is not None and known.state is State.RUNNING
        mine = known.owner if known is not None and is_current and attempt == known.attempts else 0
        worker = next(one for one in self.workers if one.number != mine)
        result = Result(run=run, attempt=attempt, outcome="succeeded")
        assert not self.run(worker.store.report(result))

    @rule(place=PLACES)
    def crash(self, place: int) -> None:
        place %= WORKERS
        worker = self.workers[place]
        self.over += [(run.id, run.attempts) for run in self.model.of(worker.number)]
        self.joined += 1
        self.run(self.bench.crash(worker.store))
        self.model.lose(worker.number)
        self.workers[place] = self.join(self.joined)

    @rule()
    def reopen(self) -> None:
        if self.run(self.bench.reopen()):
            self.model.begin_anew()

    @rule(seconds=st.sampled_from([1, 5, 10, 40, 100]))
    def advance(self, seconds: int) -> None:
        before = list(self.model.runs)
        self.run(self.bench.advance(seconds))
        self.model.pass_time(self.bench.now())
        self.gone += [run for run in before if run not in self.model.runs]

    @rule(mode=st.sampled_from(["hold", "continue"]), held=st.sampled_from(["", "disabled"]))
    def follow(self, mode: Any, held: str) -> None:
        policies = {
            **HOOKS,
            "plain": msgspec.structs.replace(HOOKS["plain"], held=held),
            "holding": msgspec.structs.replace(HOOKS["holding"], ordered=mode),
        }
        self.run(self.bench.follow(Policies(1, policies)))
        self.model.follow(policies)

    def choose(self, place: int, hook: str | None, state: State | None) -> Selection:
        """In the order in which they came: their ids are new in each repetition of a way."""
        if hook is not None:
            return Selection(hook=hook, state=state)
        return Selection(runs=(list(self.model.runs)[place % len(self.model.runs)],))

    @precondition(lambda self: self.model.runs)
    @rule(place=PLACES, hook=st.none() | NAMES, state=st.none() | st.sampled_from(State))
    def cancel(self, place: int, hook: str | None, state: State | None) -> None:
        which = self.choose(place, hook, state)
        running = [(run.id, run.attempts, run.owner) for run in self.in_flight()]
        dry = self.run(self.store.cancel(msgspec.structs.replace(which, dry_run=True)))
        changed = self.run(self.store.cancel(which))
        expected = self.model.cancel(which)
        assert changed == expected
        assert (dry.matched, dry.changed) == (expected.matched, 0)
        for run, attempt, owner in running:
            if self.model.runs[run].state is State.CANCELLED:
                self.over.append((run, attempt))
                self.run(self.bench.settle())
                assert any((run, attempt) in w.stopped for w in self.workers if w.number == owner)

    @precondition(lambda self: self.model.runs)
    @rule(place=PLACES, hook=st.none() | NAMES, state=st.none() | st.sampled_from(State))
    def replay(self, place: int, hook: str | None, state: State | None) -> None:
        which = self.choose(place, hook, state)
        changed = self.run(self.store.replay(which, anew=False))
        assert changed == self.model.replay(which)

    @precondition(lambda self: self.model.runs)
    @rule(place=PLACES)
    def replay_anew(self, place: int) -> None:
        which = self.choose(place, None, None)
        originals = self.model.copies(which)
        changed = self.run(self.store.replay(which, anew=True))
        assert changed.matched == changed.changed == len(originals) == len(changed.runs)
        for original, name in zip(originals, changed.runs, strict=True):
            self.model.copy(original, name)

    @precondition(lambda self: self.model.runs)
    @rule(place=PLACES)
    def replay_what_was_let_in_otherwise(self, place: int) -> None:
        which = msgspec.structs.replace(self.choose(place, None, None), gate=b"another.")
        changed = self.run(self.store.replay(which, anew=True))
        assert (changed.changed, changed.gate_differs) == (0, changed.matched)

    @invariant()
    def nothing_is_lost_and_all_is_as_promised(self) -> None:
        self.run(self.bench.settle())
        for run in self.model.runs.values():
            if run.due < run.latest and self.show(run).record.state is State.DEAD:
                self.model.found_dead(run)
        for worker in self.workers:
            while worker.inbox:
                self.absorb(worker, worker.inbox.pop(0))
        owners = [worker.number for worker in self.workers]
        assert not self.model.startable(CREDIT, self.slots, owners)
        for run in self.model.runs.values():
            self.compare(run)
        for name in self.gone:
            assert self.run(self.store.record(name)) is None
        newest = sorted(self.model.runs.values(), key=lambda run: run.seq, reverse=True)
        page = self.run(self.store.list(Query(limit=200)))
        assert [record.run for record in page.runs] == [run.id for run in newest]

    def slots(self, owner: int, hook: str) -> int:
        [store] = [worker.store for worker in self.workers if worker.number == owner]
        return self.bench.slots(store, hook, HOOKS[hook].concurrency)

    def absorb(self, worker: Worker, given: Assignment) -> None:
        self.model.start(given.run, given.attempt, worker.number)
        run = self.model.runs[given.run]
        assert (given.hook, given.tries, given.invocation) == (
            run.hook, run.tries, run.invocation,
        )  # fmt: skip

    def show(self, run: Run) -> Detail:
        shown = self.run(self.store.show(run.id))
        assert shown is not None, "a run is kept until it is purged"
        return shown

    def compare(self, run: Run) -> None:
        shown = self.show(run)
        record = shown.record
        assert record == self.run(self.store.record(run.id))
        assert (record.state, record.attempts, shown.tries, shown.interrupted) == (
            run.state, run.attempts, run.tries, run.interrupted,
        )  # fmt: skip
        assert (record.accepted, record.finished, shown.expires, shown.give_up) == (
            run.accepted, run.finished, run.expires, run.give_up,
        )  # fmt: skip
        assert record.replay_of == run.replay_of
        assert bool(record.held) == (
            run.state is State.QUEUED and self.model.is_held(run.hook, self.workers[0].number)
        )  # fmt: skip
        if run.state is State.QUEUED:
            assert record.next_attempt is not None
            assert run.due <= record.next_attempt <= run.latest
            run.due = run.latest = record.next_attempt
        else:
            assert record.next_attempt is None

    def teardown(self) -> None:
        self.run(self.bench.close())
        self.runner.close()


class Counted(Machine):
    """A machine that says how many ways it took, for who waits."""

    taken: ClassVar[Iterator[int]]

    def teardown(self) -> None:
        super().teardown()
        if not (taken := next(self.taken)) % 10:
            sys.stderr.write(f"{self.engine}: {taken} ways\n")


def check(
    engine: str, examples: int, steps: int, phases: Sequence[Phase] = tuple(Phase),
    base: type[Machine] = Machine,
) -> None:  # fmt: skip
    """Let a machine take so many ways of so many steps."""
    kind: type[Machine] = type(engine, (base,), {"engine": engine, "taken": count(1)})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=phases,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


if __name__ == "__main__":
    for name in sys.argv[2:] or list(ENGINES):
        check(name, int(sys.argv[1]), 50, base=Counted)
