"""Rates: what one client may do at once and over time, whoever and however many there are."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.runtime.throttle import Memory, Pace, Rate, Throttle, client_key, retry_after
from tests.support.thorough import cases

TEN_A_MINUTE = Rate(10, 60.0)


def allowed(throttle: Throttle, client: int, now: float, tries: int = 1000) -> int:
    """How many of many tries at one moment are let through."""
    return sum(not throttle.take(client, TEN_A_MINUTE, now) for _ in range(tries))


def test_a_burst_of_the_whole_count_is_let_through_and_then_a_steady_pace() -> None:
    throttle = Throttle()
    client = throttle.client("hook", "203.0.113.9")
    assert allowed(throttle, client, 1000.0) == 10
    assert allowed(throttle, client, 1005.9) == 0
    assert allowed(throttle, client, 1006.0) == 1
    assert allowed(throttle, client, 1030.0) == 4
    assert allowed(throttle, client, 1090.0) == 10


@pytest.mark.parametrize("now", [0.0, 12.5, 1e9])
@pytest.mark.parametrize("rate", [Rate(1, 1.0), Rate(7, 3.0), Rate(999, 86400.0), Rate(3, 0.7)])
def test_a_count_is_exact_whatever_the_clock_shows(rate: Rate, now: float) -> None:
    throttle, pace = Throttle(), Pace()
    client = throttle.client("a")
    assert [bool(throttle.take(client, rate, now)) for _ in range(rate.count)] == [
        False
    ] * rate.count
    assert [bool(pace.take(rate, now)) for _ in range(rate.count)] == [False] * rate.count
    assert throttle.take(client, rate, now) > 0
    assert pace.take(rate, now) > 0


@given(st.lists(st.floats(0, 20), min_size=1, max_size=80))
@settings(max_examples=cases(200), deadline=None)
def test_the_wait_that_is_told_is_the_wait_that_is_needed(pauses: list[float]) -> None:
    pace, now = Pace(), 1000.0
    for pause in pauses:
        now += pause
        wait = pace.take(TEN_A_MINUTE, now)
        if wait:
            assert pace.take(TEN_A_MINUTE, now + wait - 0.001) > 0
            now += wait
            assert pace.take(TEN_A_MINUTE, now) == 0


@given(st.lists(st.floats(0, 30), min_size=11, max_size=60))
@settings(max_examples=cases(200), deadline=None)
def test_no_window_of_the_rate_ever_holds_twice_its_count(pauses: list[float]) -> None:
    throttle, now, passed = Throttle(), 1000.0, list[float]()
    client = throttle.client("a")
    for pause in pauses:
        now += pause
        if not throttle.take(client, TEN_A_MINUTE, now):
            passed.append(now)
    for start in passed:
        assert sum(start <= moment < start + 60.0 for moment in passed) < 20


def test_what_is_given_back_was_never_taken() -> None:
    throttle = Throttle()
    client = throttle.client("a")
    for _ in range(100):
        assert throttle.take(client, TEN_A_MINUTE, 1000.0) == 0
        throttle.give_back(client, TEN_A_MINUTE)
    assert allowed(throttle, client, 1000.0) == 10
    throttle.give_back(throttle.client("never seen"), TEN_A_MINUTE)


def test_clients_and_hooks_are_counted_apart() -> None:
    throttle = Throttle()
    assert allowed(throttle, throttle.client("failures", "a", "203.0.113.9"), 1000.0) == 10
    for names in (("failures", "a", "203.0.113.8"), ("failures", "b", "203.0.113.9"), ("a", "b")):
        assert allowed(throttle, throttle.client(*names), 1000.0) == 10
    assert throttle.client("ab", "c") != throttle.client("a", "bc")


def test_a_million_clients_take_no_more_memory_than_one() -> None:
    throttle = Throttle()
    guesser = throttle.client("guesser")
    allowed(throttle, guesser, 1000.0)
    before = throttle.size
    crowd = random.Random(7)  # noqa: S311 - any numbers will do
    for _ in range(1_000_000):
        throttle.take(crowd.getrandbits(64), TEN_A_MINUTE, 1000.0)
    assert throttle.size == before <= 4 * 1024 * 1024
    assert throttle.take(guesser, TEN_A_MINUTE, 1000.0) > 0, "the crowd has washed it away"


def test_a_crowd_within_its_rate_is_never_refused() -> None:
    throttle = Throttle()
    clients = [throttle.client("hook", f"client-{number}") for number in range(20_000)]
    refused = sum(
        throttle.take(client, TEN_A_MINUTE, 1000.0 + 6.0 * turn) > 0
        for turn in range(3)
        for client in clients
    )
    assert refused == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("203.0.113.9", "::ffff:203.0.113.9"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::2"),
    ],
)
def test_one_caller_counts_as_one_in_every_form(one: str, other: str) -> None:
    assert client_key(one) == client_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("203.0.113.9", "203.0.113.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("203.0.113.9", "2001:db8::1"),
        ("", "203.0.113.9"),
        ("a:b", "a:c"),
    ],
)
def test_other_callers_count_apart(one: str, other: str) -> None:
    assert client_key(one) != client_key(other)


def test_a_memory_keeps_its_size_and_what_was_seen_last() -> None:
    memory = Memory(3)
    digests = [memory.digest(b"hook", str(number).encode()) for number in range(4)]
    for digest in digests[:3]:
        memory.add(digest)
    memory.add(digests[0])
    memory.add(digests[3])
    assert [digest in memory for digest in digests] == [True, False, True, True]
    memory.forget(digests[0])
    memory.forget(digests[0])
    assert digests[0] not in memory


def test_a_memory_holds_digests_that_nobody_can_compute_outside() -> None:
    one, other = Memory(1), Memory(1)
    assert one.digest(b"a", b"b") == one.digest(b"a", b"b") != other.digest(b"a", b"b")
    assert one.digest(b"ab", b"c") != one.digest(b"a", b"bc")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.001, b"1"), (1.0, b"1"), (1.2, b"2"), (60, b"60")]
)
def test_retry_after_is_never_too_early(seconds: float, text: bytes) -> None:
    assert retry_after(seconds) == ((b"retry-after", text),)
