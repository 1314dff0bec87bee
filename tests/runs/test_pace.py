"""How many attempts a rate lets start, whatever is asked of it and whatever the clock does."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.runs.pace import MOMENT, Pace
from tests.runs.model import keeps

START = 1_800_000_000.0
RATES = st.sampled_from([0.01, 0.5, 1, 3, 7.3, 100, 10_000])
BURSTS = st.sampled_from([1, 1.5, 2, 10, 100])
SPANS = st.sampled_from([0.0, 0.001, 0.1, 0.4, 1.0, 7.0, 1000.0])


class Steady:
    """Two clocks: one that is never set, and the store's, which is `ahead` of it."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.ahead = START

    def now(self) -> float:
        return self.passed + self.ahead

    def drift(self) -> float:
        return self.ahead


@given(RATES, BURSTS, st.lists(st.tuples(SPANS, st.integers(0, 3), st.booleans()), max_size=60))
def test_no_more_start_than_the_burst_and_the_rate_times_the_time(
    rate: float, burst: float, steps: list[tuple[float, int, bool]]
) -> None:
    """The store's clock jumps as far as the steady one moves, and back."""
    clock = Steady()
    pace = Pace(rate, burst, burst, clock.now(), clock.drift)
    starts: list[float] = []
    for span, count, jumps in steps:
        clock.passed += span
        clock.ahead += (-1) ** len(starts) * 3600 if jumps else 0
        taken = min(count, pace.free(clock.now()))
        if taken:
            pace.take(taken, clock.now())
            starts += [clock.passed] * taken
    assert keeps(starts, rate, burst)


@given(RATES, BURSTS, SPANS)
def test_something_may_start_when_it_says_so_and_not_a_moment_before(
    rate: float, burst: float, span: float
) -> None:
    clock = Steady()
    pace = Pace(rate, burst, 0, clock.now(), clock.drift)
    clock.passed += span
    pace.take(pace.free(clock.now()), clock.now())
    assert not pace.free(clock.now())
    opens = pace.opens
    assert opens > clock.now()
    assert opens - clock.now() <= max(1 / rate, MOMENT) + 1e-6
    clock.passed += opens - clock.now() + 1e-6
    assert pace.free(clock.now()) >= 1


@given(RATES, BURSTS)
def test_what_nobody_takes_is_there_later_up_to_the_burst(rate: float, burst: float) -> None:
    pace = Pace(rate, burst, 0, 0)
    assert pace.free(1_000_000) == math.floor(burst)


@given(BURSTS, st.lists(st.tuples(SPANS, st.sampled_from(["take", "loan", "return"])), max_size=40))
def test_what_did_not_start_is_given_back_and_no_more(
    burst: float, steps: list[tuple[float, str]]
) -> None:
    """One attempt at a time is undecided: it began, and may turn out not to have been made."""
    pace, now = Pace(1, burst, burst, 0), 0.0
    starts: list[float] = []
    loan: int | None = None
    for span, what in steps:
        now += span
        if what == "return":
            if loan is not None:
                pace.give_back(1, loan)
            loan = None
        elif pace.free(now) and (what == "take" or loan is None):
            pace.take(1, now)
            if what == "take":
                starts.append(now)
            else:
                loan = pace.mark
    assert keeps(starts, 1, burst)


def test_what_is_given_back_at_once_costs_nothing() -> None:
    pace = Pace(1, 1, 1, 0)
    for _ in range(100):
        pace.take(1, 0)
        pace.give_back(1, pace.mark)
    assert pace.free(0) == 1


def test_a_rate_that_changes_keeps_what_may_start_at_once() -> None:
    pace = Pace(1, 10, 10, 0)
    pace.take(7, 0)
    pace.resize(100, 100, 0)
    assert pace.free(0) == 3
    pace.resize(1, 2, 0)
    assert pace.free(0) == 2
    pace.resize(1, 10, 0)
    assert pace.free(0) == 2


def test_a_wider_rate_is_in_force_at_once() -> None:
    pace = Pace(1 / 3600, 1, 0, 0)
    assert pace.opens == 3600
    pace.resize(10, 10, 0)
    assert pace.opens == pytest.approx(0.1)


def test_a_rate_of_nothing_opens_never() -> None:
    pace = Pace(0, 0, 0, 0)
    assert (pace.opens, pace.free(9)) == (math.inf, 0)
    pace.resize(2, 2, 10)
    assert pace.opens == pytest.approx(10.5)


def test_what_starts_against_the_rate_is_made_up_for() -> None:
    pace = Pace(1, 1, 1, 0)
    pace.take(3, 0)
    assert pace.opens == 3
    assert (pace.free(2), pace.free(3)) == (0, 1)


def test_a_high_rate_does_not_wake_its_store_for_each_attempt() -> None:
    pace = Pace(10_000, 10_000, 0, 0)
    assert pace.opens == pytest.approx(MOMENT)
