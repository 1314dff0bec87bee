"""Which hook may start how many runs: an engine of lists stands in for the real ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import count

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.runs.breaker import IN_A_ROW
from gateway.runs.dispatcher import HOLD, Dispatcher
from gateway.runs.hook_queue import NOWHERE, UNKNOWN, Claim
from gateway.runs.run import Policies, Policy, State

FULL = 8


class Running(msgspec.Struct, frozen=True):
    run: str
    hook: str
    again: bool
    owner: int


class Engine:
    """Rows in lists, and a dispatcher that decides what is claimed of them."""

    def __init__(self, policies: dict[str, Policy], workers: Iterable[int] = (128,)) -> None:
        self.dispatcher = Dispatcher(FULL, lambda: 0.5)
        self.policies = policies
        self.now = 0.0
        self.due: dict[tuple[str, bool], list[tuple[float, str]]] = {}
        self.running: list[Running] = []
        self.claims: list[Claim] = []
        self._ids = map(str, count())
        self.dispatcher.follow(Policies(1, policies), 0)
        for number, credit in enumerate(workers, 1):
            self.dispatcher.joined(number, 1, credit, 0)

    def queue(self, hook: str, runs: int = 1, *, again: bool = False, after: float = 0) -> None:
        due = self.now + after
        self.due.setdefault((hook, again), []).extend((due, next(self._ids)) for _ in range(runs))
        self.dispatcher.add(hook, State.QUEUED, again, self.now, due=due, count=runs)

    def turn(self) -> Counter[str]:
        """Claim all that may be claimed; how many of which hook that were."""
        before = len(self.running)
        while claim := self.dispatcher.next_claim(self.now):
            self.claims.append(claim)
            queue = sorted(self.due.get((claim.hook, claim.again), []))
            taken = [run for due, run in queue if due <= self.now][: claim.count]
            rest = queue[len(taken) :]
            self.due[claim.hook, claim.again] = rest
            next_due = rest[0][0] if rest else math.inf
            self.dispatcher.claimed(claim, taken, next_due, self.now)
            self.running += [Running(run, claim.hook, claim.again, claim.owner) for run in taken]
        return Counter(one.hook for one in self.running[before:])

    def end(self, one: Running, blamed: bool | None = False) -> None:
        self.running.remove(one)
        self.dispatcher.ended(one.run, one.hook, one.again, one.owner, self.now, blamed)

    def of(self, hook: str) -> list[Running]:
        return [one for one in self.running if one.hook == hook]


def a_policy(target: str = "http://t", concurrency: int = 4, limit: int = 1000) -> Policy:
    return Policy(target=target, concurrency=concurrency, limit=limit)


def test_a_hook_starts_what_it_may_and_no_more() -> None:
    engine = Engine({"a": a_policy()})
    engine.queue("a", 10)
    assert engine.turn() == {"a": 4}
    assert not engine.turn()
    engine.end(engine.running[0])
    assert engine.turn() == {"a": 1}


def test_what_is_due_later_starts_later_and_the_gate_says_when() -> None:
    engine = Engine({"a": a_policy()})
    engine.queue("a", 1, after=7)
    assert not engine.turn()
    assert engine.dispatcher.agenda.wakes(engine.now) == 7
    engine.now = 7
    assert engine.turn() == {"a": 1}
    assert engine.dispatcher.agenda.wakes(engine.now) == math.inf


def test_a_target_is_shared_evenly_by_its_hooks() -> None:
    engine = Engine({name: a_policy(concurrency=100) for name in "abcd"})
    engine.queue("a", 1000)
    for name in "bcd":
        engine.queue(name, 10)
    assert engine.turn() == {"a": 2, "b": 2, "c": 2, "d": 2}


def test_a_hook_that_is_alone_has_the_whole_target() -> None:
    engine = Engine({name: a_policy(concurrency=100) for name in "ab"})
    engine.queue("a", 1000)
    assert engine.turn() == {"a": FULL}


def test_hooks_take_turns_where_one_slot_gets_free_at_a_time() -> None:
    engine = Engine({name: a_policy(concurrency=100) for name in "abc"})
    for name in "abc":
        engine.queue(name, 100)
    engine.turn()
    started: Counter[str] = Counter()
    for _ in range(9):
        engine.end(engine.running[0])
        started += engine.turn()
    assert started == {"a": 3, "b": 3, "c": 3}


def test_workers_have_no_more_than_their_credit_and_the_freest_is_given_most() -> None:
    engine = Engine({"a": a_policy("http://1", 8), "b": a_policy("http://2", 8)}, (3, 5))
    engine.queue("a", 20)
    engine.queue("b", 20)
    engine.turn()
    assert Counter(one.owner for one in engine.running) == {1: 3, 2: 5}


def test_only_workers_of_the_newest_generation_are_given_runs() -> None:
    engine = Engine({"a": a_policy()}, (10, 10))
    engine.dispatcher.joined(2, 2, 10, 0)
    engine.queue("a", 4)
    engine.turn()
    assert {one.owner for one in engine.running} == {2}


def test_a_hook_that_comes_back_waits_for_a_worker_that_has_it() -> None:
    engine = Engine({"a": a_policy()}, (10, 10))
    engine.dispatcher.follow(Policies(2, {}), 0)
    engine.queue("a", 4)
    back = msgspec.structs.replace(a_policy(), since=3)
    engine.dispatcher.follow(Policies(3, {"a": back, "b": a_policy("http://b")}), 0)
    engine.queue("b", 2)
    assert engine.turn() == {"b": 2}
    assert engine.dispatcher.agenda.queue("a").held(0) == NOWHERE
    engine.dispatcher.joined(2, 3, 10, 0)
    assert engine.turn() == {"a": 4}
    assert {one.owner for one in engine.of("a")} == {2}
    assert engine.dispatcher.agenda.queue("a").held(0) == ""


def test_a_hook_waits_again_where_the_only_worker_that_has_it_is_gone() -> None:
    engine = Engine({"a": msgspec.structs.replace(a_policy(), since=2)}, (10, 10))
    engine.dispatcher.joined(2, 2, 10, 0)
    engine.dispatcher.left(2, 0)
    engine.queue("a", 1)
    assert not engine.turn()
    engine.dispatcher.joined(1, 2, 10, 0)
    assert engine.turn() == {"a": 1}


def test_a_worker_that_left_is_given_nothing() -> None:
    engine = Engine({"a": a_policy()})
    engine.queue("a", 4)
    engine.dispatcher.left(1, 0)
    assert not engine.turn()


def test_each_class_has_half_while_both_are_due() -> None:
    engine = Engine({"a": a_policy(concurrency=8)})
    engine.queue("a", 100)
    engine.queue("a", 100, again=True)
    engine.turn()
    assert Counter(one.again for one in engine.running) == {True: 4, False: 4}


def test_one_class_has_all_while_it_is_alone_and_gives_back() -> None:
    engine = Engine({"a": a_policy(concurrency=8)})
    engine.queue("a", 100, again=True)
    engine.turn()
    engine.queue("a", 100)
    for one in list(engine.running)[:4]:
        engine.end(one)
        engine.turn()
    assert Counter(one.again for one in engine.running) == {True: 4, False: 4}


def test_classes_take_turns_in_a_single_slot() -> None:
    engine = Engine({"a": a_policy(concurrency=1)})
    engine.queue("a", 10)
    engine.queue("a", 10, again=True)
    started = []
    for _ in range(4):
        engine.turn()
        started.append(engine.running[0].again)
        engine.end(engine.running[0])
    assert sorted(started) == [False, False, True, True]


def test_ordered_hooks_start_what_is_due_longest_whatever_its_class() -> None:
    policy = msgspec.structs.replace(a_policy(concurrency=1), ordered="continue")
    engine = Engine({"a": policy})
    engine.queue("a", 1, again=True)
    engine.now = 1
    engine.queue("a", 1)
    engine.turn()
    assert engine.running[0].again


def test_a_hook_that_is_not_there_is_held_until_it_is() -> None:
    engine = Engine({})
    engine.queue("a", 2)
    assert not engine.turn()
    assert engine.dispatcher.agenda.queue("a").held(0) == UNKNOWN
    engine.dispatcher.follow(Policies(2, {"a": a_policy()}), 0)
    assert engine.turn() == {"a": 2}


def test_a_hook_whose_policy_says_why_is_held() -> None:
    engine = Engine({"a": msgspec.structs.replace(a_policy(), held="disabled")})
    engine.queue("a")
    assert not engine.turn()
    assert not engine.dispatcher.may_start("a", 1, 0)
    assert engine.dispatcher.agenda.queue("a").held(0) == "disabled"


def test_a_hook_that_a_worker_could_not_start_is_left_alone_for_a_while() -> None:
    engine = Engine({"a": a_policy()})
    engine.dispatcher.hold("a", 0, "a secret is missing")
    engine.queue("a")
    assert not engine.turn()
    assert engine.dispatcher.agenda.queue("a").held(0) == "a secret is missing"
    assert engine.dispatcher.agenda.wakes(0) == HOLD
    engine.now = HOLD
    assert engine.turn() == {"a": 1}
    assert engine.dispatcher.agenda.queue("a").held(HOLD) == ""


def test_a_target_that_is_down_costs_one_attempt_a_period_and_other_targets_none() -> None:
    engine = Engine({"a": a_policy("http://down", 8), "b": a_policy("http://up", 8)})
    engine.queue("a", 1000)
    while len(engine.claims) < 100 and engine.turn():
        for one in list(engine.running):
            engine.end(one, blamed=True)
    assert engine.dispatcher.agenda.targets["http://down"].breaker.position(engine.now) == "open"
    engine.queue("b", 8)
    assert engine.turn() == {"b": 8}
    engine.now = engine.dispatcher.agenda.wakes(engine.now)
    assert engine.turn() == {"a": 1}
    engine.end(engine.of("a")[0], blamed=True)
    assert not engine.turn()


def test_a_target_that_was_down_for_long_is_not_run_over_when_it_is_back() -> None:
    policy = a_policy("http://down", FULL)
    engine = Engine({"a": policy})
    engine.queue("a", 500)
    calls_while_down = 0
    while engine.now < 300:
        calls_while_down += sum(engine.turn().values())
        for one in list(engine.running):
            engine.end(one, blamed=True)
        engine.now = min(engine.dispatcher.agenda.wakes(engine.now), engine.now + 60)
    # What opened it, and one for each period: 5, 10, 20, 40 and then 60 s.
    assert calls_while_down <= IN_A_ROW + FULL + 9
    rounds = []
    while engine.due["a", False]:
        rounds.append(sum(engine.turn().values()))
        for one in list(engine.running):
            engine.end(one, blamed=False)
        if not rounds[-1]:
            rounds.pop()
            engine.now = engine.dispatcher.agenda.wakes(engine.now)
    # One succeeded as the probe; each round of successes doubles what is in flight.
    assert rounds[:5] == [1, 1, 2, 4, FULL]
    assert set(rounds[5:-1]) == {FULL}


def test_the_probe_is_the_run_that_is_due_longest() -> None:
    engine = Engine({name: a_policy(concurrency=8) for name in "abc"})
    engine.queue("a", 1)
    engine.turn()
    target = engine.dispatcher.agenda.targets["http://t"]
    engine.queue("c", 5, after=2)
    engine.queue("b", 5, after=1)
    engine.queue("a", 5, after=3)
    for number in range(10):
        target.breaker.ended(str(number), True, 0)
    engine.now = 10
    assert engine.turn() == {"b": 1}


def test_a_new_run_starts_at_once_where_nothing_is_before_it() -> None:
    engine = Engine({"a": a_policy(concurrency=1), "b": a_policy()})
    assert engine.dispatcher.may_start("a", 1, 0)
    assert not engine.dispatcher.may_start("a", 2, 0)
    assert not engine.dispatcher.may_start("unknown", 1, 0)
    engine.dispatcher.started("r", "a", False, 1, 0)
    assert not engine.dispatcher.may_start("a", 1, 0)
    assert engine.dispatcher.may_start("b", 1, 0)


def test_a_new_run_does_not_overtake_what_is_due() -> None:
    engine = Engine({"a": a_policy(), "b": a_policy()})
    engine.queue("a")
    assert not engine.dispatcher.may_start("a", 1, 0)
    assert not engine.dispatcher.may_start("b", 1, 0)


def test_a_new_run_is_not_kept_back_by_what_cannot_start_itself() -> None:
    engine = Engine({"a": a_policy(concurrency=1), "b": a_policy()})
    engine.queue("a", 5)
    engine.turn()
    assert engine.dispatcher.may_start("b", 1, 0)


def test_a_new_run_is_no_probe() -> None:
    engine = Engine({"a": a_policy()})
    for number in range(10):
        engine.dispatcher.started(str(number), "a", False, 1, 0)
        engine.dispatcher.ended(str(number), "a", False, 1, 0, blamed=True)
    assert not engine.dispatcher.may_start("a", 1, 0)
    assert not engine.dispatcher.may_start("a", 1, 100)


def test_a_pause_that_a_target_asks_for_is_kept_by_all_its_hooks() -> None:
    engine = Engine({"a": a_policy(), "b": a_policy(), "c": a_policy("http://other")})
    engine.dispatcher.pause("a", 0, 90)
    for name in "abc":
        engine.queue(name)
    assert engine.turn() == {"c": 1}
    assert engine.dispatcher.agenda.wakes(0) == 90


def test_hooks_that_are_gone_are_forgotten_once_they_have_no_runs() -> None:
    engine = Engine({"a": a_policy(), "b": a_policy()})
    engine.queue("a")
    engine.dispatcher.follow(Policies(2, {}), 0)
    assert set(engine.dispatcher.agenda.queues) == {"a"}
    assert not engine.dispatcher.agenda.targets


def test_what_the_gate_remembers_does_not_grow_with_time() -> None:
    engine = Engine({"a": a_policy(concurrency=1)})
    engine.queue("a", 1, again=True, after=1e9)
    for number in range(5000):
        engine.dispatcher.started(str(number), "a", False, 1, engine.now)
        engine.dispatcher.ended(str(number), "a", False, 1, engine.now, False)
        engine.now += 1
    assert len(engine.dispatcher.agenda) < 100


HOOKS = "abcdef"
POLICIES = st.fixed_dictionaries(
    {
        name: st.builds(
            Policy,
            target=st.sampled_from(["http://1", "http://2", "http://3"]),
            concurrency=st.integers(1, 6),
            ordered=st.sampled_from(["", "continue"]),
        )
        for name in HOOKS
    }
)
ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("queue"), st.sampled_from(HOOKS), st.booleans(), st.sampled_from([0, 1, 30])
        ),
        st.tuples(st.just("end"), st.integers(0, 50), st.sampled_from([None, False, True])),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 70])),
        st.tuples(st.just("pause"), st.sampled_from(HOOKS)),
        st.tuples(st.just("hold"), st.sampled_from(HOOKS)),
        st.tuples(st.just("follow"), POLICIES),
    ),
    max_size=60,
)


def act(engine: Engine, step: tuple[object, ...]) -> None:
    match step:
        case ("queue", str(hook), bool(again), int(after)):
            engine.queue(hook, 3, again=again, after=after)
        case ("end", int(place), bool() | None as blamed) if engine.running:
            engine.end(engine.running[place % len(engine.running)], blamed)
        case ("wait", int(seconds)):
            engine.now += seconds
        case ("pause", str(hook)):
            engine.dispatcher.pause(hook, engine.now, 20)
        case ("hold", str(hook)):
            engine.dispatcher.hold(hook, engine.now, "why")
        case ("follow", dict(policies)):
            engine.policies = policies
            engine.dispatcher.follow(Policies(1, policies), engine.now)


def could_start(engine: Engine, hook: str) -> bool:
    """Whether a run of the hook could start, counted from the rows."""
    policy, now = engine.policies[hook], engine.now
    target = engine.dispatcher.agenda.targets.get(policy.target)
    due = any(
        when <= now for again in (False, True) for when, _ in engine.due.get((hook, again), ())
    )
    return (
        due
        and len(engine.of(hook)) < policy.concurrency
        and not engine.dispatcher.agenda.queue(hook).held(now)
        and target is not None
        and target.breaker.free(now, on_target(engine, policy.target)) > 0
    )


def on_target(engine: Engine, target: str) -> int:
    return sum(engine.policies[one.hook].target == target for one in engine.running)


@settings(max_examples=150, deadline=None)
@given(POLICIES, st.lists(st.integers(1, 12), min_size=1, max_size=3), ACTS)
def test_limits_hold_and_nothing_that_could_start_is_left(
    policies: dict[str, Policy], limits: list[int], acts: list[tuple[object, ...]]
) -> None:
    engine = Engine(policies, limits)
    for step in acts:
        act(engine, step)
        before = Counter(one.hook for one in engine.running)
        started = engine.turn()
        owners = Counter(one.owner for one in engine.running)
        assert all(owners[number] <= credit for number, credit in enumerate(limits, 1))
        for hook in started:
            assert before[hook] + started[hook] <= engine.policies[hook].concurrency
        if sum(owners.values()) < sum(limits):
            assert not [hook for hook in HOOKS if could_start(engine, hook)]
        for name, target in engine.dispatcher.agenda.targets.items():
            assert target.in_flight == on_target(engine, name)
            assert target.in_flight <= FULL + sum(before.values())
        wakes = engine.dispatcher.agenda.wakes(engine.now)
        assert wakes > engine.now


@settings(max_examples=50, deadline=None)
@given(POLICIES, ACTS)
def test_time_alone_starts_whatever_is_queued(
    policies: dict[str, Policy], acts: list[tuple[object, ...]]
) -> None:
    engine = Engine(policies, (1000,))
    for step in acts:
        act(engine, step)
        engine.turn()
    for _ in range(2000):
        if not engine.running and not any(engine.due.values()):
            return
        for one in list(engine.running):
            engine.end(one)
        if not engine.turn():
            wakes = engine.dispatcher.agenda.wakes(engine.now)
            engine.now = wakes if wakes < math.inf else engine.now
    raise AssertionError("something is never started")
