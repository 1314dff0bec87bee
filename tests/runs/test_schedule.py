"""What the end of an attempt means, and when the next one is due."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.runs.schedule import (
    LONGEST_PAUSE,
    PERMANENT,
    Ended,
    Schedule,
    Verdict,
    retry_after,
    verdict,
)

SCHEDULE = Schedule((5.0, 300.0))
NOW = 1_800_000_000.0


def end(tries: int, ended: Ended, schedule: Schedule = SCHEDULE, share: float = 0.5) -> Verdict:
    return verdict(schedule, tries, ended, NOW, share)


@pytest.mark.parametrize("code", [200, 201, 204, 299])
def test_any_2xx_has_succeeded(code: int) -> None:
    assert end(0, Ended(code)) == Verdict("succeeded")


@pytest.mark.parametrize("code", sorted(PERMANENT))
def test_what_would_end_the_same_way_again_is_dead_at_once(code: int) -> None:
    assert end(0, Ended(code)).outcome == "dead"


@pytest.mark.parametrize("code", [301, 401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504, None])
def test_all_else_is_tried_again_until_the_delays_are_used_up(code: int | None) -> None:
    assert [end(tries, Ended(code)).outcome for tries in (0, 1, 2)] == ["retry", "retry", "dead"]


def test_a_hook_says_itself_what_is_permanent() -> None:
    schedule = Schedule((5.0,), frozenset({404}))
    assert end(0, Ended(404), schedule).outcome == "dead"
    assert end(0, Ended(400), schedule).outcome == "retry"


@given(st.integers(0, 1), st.floats(0, 1, exclude_max=True))
def test_a_delay_is_a_fifth_longer_or_shorter_at_most(tries: int, share: float) -> None:
    delay = end(tries, Ended(500), share=share).delay
    assert 0.8 <= delay / SCHEDULE.after[tries] <= 1.2


@pytest.mark.parametrize("code", [429, 503])
def test_a_target_that_asks_for_a_pause_has_it(code: int) -> None:
    ended = end(0, Ended(code, retry_after=b"90"))
    assert (ended.delay, ended.pause_target) == (90.0, 90.0)


def test_a_pause_never_shortens_a_delay() -> None:
    assert end(1, Ended(503, retry_after=b"1")).delay == 300.0


@pytest.mark.parametrize("code", [500, 301, 404])
def test_retry_after_counts_with_the_codes_that_speak_of_the_next_attempt(code: int) -> None:
    assert end(0, Ended(code, retry_after=b"90")) == Verdict("retry", 5.0)


@pytest.mark.parametrize("code", [429, 502, 503, 504, None])
def test_the_target_is_blamed_for_what_every_run_would_meet(code: int | None) -> None:
    assert end(0, Ended(code)).blames_target


@pytest.mark.parametrize("code", [200, 400, 401, 404, 500, 501])
def test_the_target_is_not_blamed_for_what_one_body_may_do(code: int) -> None:
    assert not end(0, Ended(code)).blames_target


def test_a_target_that_was_not_asked_is_not_blamed() -> None:
    assert end(0, Ended(asked=False)) == Verdict("retry", 5.0)


@pytest.mark.parametrize("code", [200, 404, 422])
def test_an_answer_that_was_not_read_to_its_end_is_asked_for_again(code: int) -> None:
    assert end(0, Ended(code, whole=False)) == Verdict("retry", 5.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0.0),
        (b" 120 ", 120.0),
        (b"999999999999999999", LONGEST_PAUSE),
        (formatdate(NOW + 60, usegmt=True).encode(), 60.0),
        (formatdate(NOW - 60, usegmt=True).encode(), 0.0),
        (formatdate(NOW + 90_000, usegmt=True).encode(), LONGEST_PAUSE),
        (b"-5", 0.0),
        (b"1.5", 0.0),
        (b"soon", 0.0),
        (b"", 0.0),
        (b"\xb2", 0.0),
    ],
)
def test_retry_after_is_a_number_or_a_date_and_never_long(value: bytes, seconds: float) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.binary(max_size=60))
def test_any_bytes_are_a_pause_within_bounds(value: bytes) -> None:
    assert 0 <= retry_after(value, NOW) <= LONGEST_PAUSE
