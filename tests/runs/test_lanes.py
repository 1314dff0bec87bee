"""A lane's runs start one after the other, in the order of acceptance."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.runs.lanes import ACTIVE, next_of, waits
from gateway.runs.run import Ordered, State

ORDERED: list[Ordered] = ["continue", "hold"]
LANES = st.lists(st.sampled_from(State), max_size=6).map(lambda states: list(enumerate(states)))


def test_a_run_behind_an_unfinished_one_waits() -> None:
    for state in (State.WAITING, State.QUEUED, State.RUNNING):
        assert waits([State.SUCCEEDED, state], "continue")


def test_a_run_behind_finished_ones_does_not_wait() -> None:
    assert not waits([State.SUCCEEDED, State.CANCELLED, State.DEAD], "continue")


def test_a_run_behind_a_dead_one_waits_where_the_hook_holds() -> None:
    assert waits([State.DEAD], "hold")
    assert not waits([State.SUCCEEDED, State.CANCELLED], "hold")


def test_the_first_that_waits_is_next() -> None:
    lane = [(7, State.WAITING), (3, State.SUCCEEDED), (5, State.WAITING)]
    assert next_of(lane, "continue") == 5


def test_a_dead_run_that_holds_lets_nobody_pass() -> None:
    lane = [(1, State.DEAD), (2, State.WAITING)]
    assert next_of(lane, "hold") is None
    assert next_of(lane, "continue") == 2


def test_a_replayed_run_goes_before_those_behind_it_but_not_beside_them() -> None:
    assert next_of([(1, State.WAITING), (2, State.RUNNING), (3, State.WAITING)], "continue") is None
    assert next_of([(1, State.WAITING), (2, State.SUCCEEDED)], "continue") == 1


@given(LANES, st.sampled_from(ORDERED))
def test_never_two_at_once_and_never_a_lane_without_a_head(
    lane: list[tuple[int, State]], ordered: Ordered
) -> None:
    chosen = next_of(lane, ordered)
    states = dict(lane)
    if chosen is not None:
        assert states[chosen] is State.WAITING
        assert not ACTIVE & set(states.values())
    elif State.WAITING in states.values() and not ACTIVE & set(states.values()):
        assert ordered == "hold"
        assert State.DEAD in states.values()
