"""A target that is down is left alone; one that is back is not run over."""

from __future__ import annotations

from gateway.runs.breaker import FIRST_OPEN, IN_A_ROW, LONGEST_OPEN, WINDOW, Breaker

FULL = 64


def a_breaker() -> Breaker:
    return Breaker(FULL, lambda: 0.5)


def fail(breaker: Breaker, now: float, times: int = IN_A_ROW) -> None:
    for number in range(times):
        breaker.ended(str(number), True, now)


def probe(breaker: Breaker, now: float, blamed: bool | None) -> None:
    breaker.started("probe")
    breaker.ended("probe", blamed, now)


def test_a_target_that_is_well_has_all_its_slots() -> None:
    breaker = a_breaker()
    assert breaker.free(0, 10) == FULL - 10
    assert breaker.position(0) == "closed"


def test_failures_in_a_row_open_it() -> None:
    breaker = a_breaker()
    fail(breaker, 0, IN_A_ROW - 1)
    breaker.ended("good", False, 0)
    fail(breaker, 0, IN_A_ROW - 1)
    assert breaker.position(0) == "closed"
    fail(breaker, 0, 1)
    assert breaker.position(0) == "open"
    assert breaker.free(0, 0) == 0


def test_half_of_enough_ends_open_it() -> None:
    breaker = a_breaker()
    for number in range(20):
        assert breaker.position(0) == "closed"
        breaker.ended(str(number), number % 2 == 1, number / 10)
    assert breaker.position(2) == "open"


def test_failures_are_forgotten_after_the_window() -> None:
    breaker = a_breaker()
    for number in range(19):
        breaker.ended(str(number), number % 2 == 0, 0)
    breaker.ended("late", True, WINDOW + 1)
    assert breaker.position(WINDOW + 1) == "closed"


def test_what_says_nothing_about_the_target_counts_for_nothing() -> None:
    breaker = a_breaker()
    for number in range(50):
        breaker.ended(str(number), None, 0)
    fail(breaker, 0, IN_A_ROW - 1)
    breaker.ended("lost", None, 0)
    fail(breaker, 0, 1)
    assert breaker.position(0) == "open"


def test_after_the_period_there_is_exactly_one_probe() -> None:
    breaker = a_breaker()
    fail(breaker, 0)
    assert breaker.position(FIRST_OPEN) == "half-open"
    assert breaker.free(FIRST_OPEN, in_flight=3) == 1
    breaker.started("probe")
    assert breaker.free(FIRST_OPEN, in_flight=4) == 0


def test_a_probe_that_says_nothing_is_repeated() -> None:
    breaker = a_breaker()
    fail(breaker, 0)
    probe(breaker, FIRST_OPEN, None)
    assert breaker.free(FIRST_OPEN, 0) == 1


def test_each_probe_that_fails_doubles_the_period() -> None:
    breaker = a_breaker()
    fail(breaker, 0)
    now, periods = FIRST_OPEN, []
    for _ in range(6):
        probe(breaker, now, True)
        periods.append(breaker.quiet_until - now)
        now = breaker.quiet_until
    assert periods == [10, 20, 40, LONGEST_OPEN, LONGEST_OPEN, LONGEST_OPEN]


def test_a_period_is_a_fifth_longer_or_shorter() -> None:
    for share, period in ((0.0, 4.0), (0.999, 6.0)):
        breaker = Breaker(FULL, lambda share=share: share)  # type: ignore[misc]
        fail(breaker, 0)
        assert abs(breaker.quiet_until - period) < 0.01


def test_slots_double_each_round_after_a_good_probe() -> None:
    breaker = a_breaker()
    fail(breaker, 0)
    now = FIRST_OPEN
    probe(breaker, now, False)
    slots = []
    while breaker.slots(now) < FULL:
        slots.append(breaker.slots(now))
        for number in range(slots[-1]):
            breaker.ended(str(number), False, now)
    assert slots == [1, 2, 4, 8, 16, 32]


def test_a_failure_on_the_way_up_takes_half_and_the_last_slot_opens_it() -> None:
    breaker = a_breaker()
    fail(breaker, 0)
    probe(breaker, FIRST_OPEN, False)
    for number in range(3):
        breaker.ended(str(number), False, FIRST_OPEN)
    assert breaker.slots(FIRST_OPEN) == 4
    fail(breaker, FIRST_OPEN, 2)
    assert breaker.slots(FIRST_OPEN) == 1
    fail(breaker, FIRST_OPEN, 1)
    assert breaker.position(FIRST_OPEN) == "open"
    assert breaker.quiet_until == FIRST_OPEN + 2 * FIRST_OPEN


def test_what_began_before_it_opened_says_nothing_after_it_closed() -> None:
    breaker = a_breaker()
    fail(breaker, 10)
    probe(breaker, 15, False)
    breaker.ended("old", True, 16, took=12)
    assert breaker.slots(16) == 1
    assert breaker.position(16) == "closed"


def test_ends_while_it_is_open_neither_close_it_nor_make_it_longer() -> None:
    breaker = a_breaker()
    fail(breaker, 0)
    until = breaker.quiet_until
    breaker.ended("good", False, 1)
    fail(breaker, 1)
    assert breaker.quiet_until == until
    assert breaker.position(1) == "open"


def test_a_pause_keeps_everything_back_and_is_never_shortened() -> None:
    breaker = a_breaker()
    breaker.pause(0, 100)
    breaker.pause(0, 10)
    assert breaker.free(99, 0) == 0
    assert breaker.free(100, 0) == FULL
    assert breaker.position(99) == "closed"
