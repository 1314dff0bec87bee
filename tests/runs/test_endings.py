"""Where a run goes when an attempt ends, a worker is gone, or an operator acts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateway.runs.endings import (
    EXPIRED,
    INTERRUPTIONS,
    POISONOUS,
    Move,
    Standing,
    cancelled,
    ended,
    expired,
    lost,
    promoted,
    replayed,
)
from gateway.runs.run import Outcome, Policy, Result, State

NOW = 1000.0
POLICY = Policy(target="http://w", after=(5, 60), keep_succeeded=10, keep_dead=20, give_up=500)
RUN = Standing(state=State.RUNNING, again=False, tries=1, interrupted=0, give_up=1400.0)


def after(outcome: Outcome, **more: Any) -> Move:
    return ended(RUN, Result(run="r", attempt=1, outcome=outcome, **more), POLICY, NOW)


def test_a_run_that_succeeded_is_kept_as_long_as_the_hook_says() -> None:
    move = after("succeeded")
    assert (move.state, move.finished, move.expires) == (State.SUCCEEDED, NOW, NOW + 10)


def test_a_run_that_is_dead_is_kept_as_long_as_the_hook_says() -> None:
    move = after("dead", reason="the workflow answered 422")
    assert (move.state, move.finished, move.expires) == (State.DEAD, NOW, NOW + 20)
    assert move.reason == "the workflow answered 422"


def test_a_retry_is_counted_and_due_after_its_delay() -> None:
    move = after("retry", delay=60)
    assert (move.state, move.due, move.tries, move.again) == (State.QUEUED, NOW + 60, 2, True)


@pytest.mark.parametrize(("delay", "state"), [(399, State.QUEUED), (400, State.DEAD)])
def test_a_retry_that_would_come_too_late_is_no_retry(delay: float, state: State) -> None:
    assert after("retry", delay=delay, reason="why").state is state


def test_an_attempt_that_was_interrupted_is_not_counted() -> None:
    move = after("interrupted")
    assert (move.state, move.due, move.tries, move.interrupted) == (State.QUEUED, NOW, 1, 0)


def test_a_run_that_was_held_stays_in_its_class() -> None:
    move = after("held", reason="no durable hook of this name")
    assert (move.state, move.due, move.tries, move.again) == (State.QUEUED, NOW, 1, False)


@pytest.mark.parametrize("outcome", ["interrupted", "held"])
def test_what_is_too_old_is_not_queued_again(outcome: Outcome) -> None:
    move = ended(RUN, Result(run="r", attempt=1, outcome=outcome), POLICY, RUN.give_up)
    assert (move.state, move.reason, move.tries) == (State.DEAD, EXPIRED, 1)
    move = lost(RUN, POLICY, RUN.give_up, 0.5)
    assert (move.state, move.reason, move.interrupted) == (State.DEAD, EXPIRED, 1)


def test_a_run_that_ends_its_workers_is_dead_in_the_end() -> None:
    run, delays = RUN, []
    for _ in range(INTERRUPTIONS - 1):
        move = lost(run, POLICY, NOW, 0.5)
        assert move.state is State.QUEUED
        assert move.due is not None
        delays.append(move.due - NOW)
        run = msgspec.structs.replace(run, interrupted=move.interrupted)
    assert delays == [0, 0, 0, 5]
    move = lost(run, POLICY, NOW, 0.5)
    assert (move.state, move.reason, move.expires) == (State.DEAD, POISONOUS, NOW + 20)


def test_a_hook_without_retries_goes_on_after_an_interruption() -> None:
    policy = Policy(target="http://w", after=())
    run = msgspec.structs.replace(RUN, interrupted=3)
    assert lost(run, policy, NOW, 0.5).due == NOW


def test_what_was_not_delivered_in_time_is_dead() -> None:
    move = expired(RUN, POLICY, NOW)
    assert (move.state, move.reason, move.tries) == (State.DEAD, EXPIRED, 1)


@pytest.mark.parametrize("state", [State.WAITING, State.QUEUED, State.RUNNING])
def test_only_an_attempt_in_flight_may_have_had_an_effect(state: State) -> None:
    move = cancelled(msgspec.structs.replace(RUN, state=state), POLICY, NOW)
    assert (move.state, move.expires) == (State.CANCELLED, NOW + 20)
    assert move.reason is not None
    assert ("may have had an effect" in move.reason) == (state is State.RUNNING)


def test_a_replayed_run_has_all_its_tries_and_its_time_again() -> None:
    move = replayed(POLICY, NOW, waits=False)
    assert (move.state, move.due, move.tries, move.interrupted) == (State.QUEUED, NOW, 0, 0)
    assert (move.give_up, move.again, move.finished, move.expires) == (NOW + 500, True, None, None)


def test_a_replayed_run_waits_for_the_one_before_it() -> None:
    move = replayed(POLICY, NOW, waits=True)
    assert (move.state, move.due) == (State.WAITING, None)


def test_a_promoted_run_is_due_and_otherwise_as_it_was() -> None:
    waiting = msgspec.structs.replace(RUN, state=State.WAITING)
    move = promoted(waiting, NOW)
    assert (move.state, move.due, move.again, move.tries) == (State.QUEUED, NOW, False, 1)
    assert move.reason is None
