"""What several processes may do together is divided among them without a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.runs.postgres.shares import WINDOW, Shares


@given(
    st.sets(st.integers(1, 10**9), min_size=1, max_size=12),
    st.text(max_size=20),
    st.integers(1, 512),
)
def test_the_parts_of_all_are_the_whole(owners: set[int], hook: str, whole: int) -> None:
    parts = []
    for me in owners:
        shares = Shares()
        shares.among(sorted(owners), me, 0)
        parts.append(shares.part(hook, whole))
    assert sum(parts) == whole
    assert max(parts) - min(parts) <= 1


def test_what_does_not_divide_goes_to_others_for_other_hooks() -> None:
    first, second = Shares(), Shares()
    first.among([1, 2], 1, 0)
    second.among([1, 2], 2, 0)
    parts = {(first.part(f"hook-{n}", 1), second.part(f"hook-{n}", 1)) for n in range(20)}
    assert parts == {(0, 1), (1, 0)}


def test_who_is_alone_or_not_known_yet_does_everything() -> None:
    assert Shares().part("orders", 16) == 16


@given(st.sets(st.integers(1, 10**9), min_size=1, max_size=60), st.text(max_size=20))
def test_the_fractions_of_all_are_the_whole(owners: set[int], hook: str) -> None:
    """Of a hook with fewer places than processes, those that have one divide its rate."""
    for places in (1, 2, 7, 512):
        fractions = []
        for me in owners:
            shares = Shares()
            shares.among(sorted(owners), me, 0)
            shares.among(sorted(owners), me, WINDOW)
            fractions.append(shares.fraction(hook, places))
        assert sum(fractions) == pytest.approx(1)


class Processes:
    """A table of processes, and each of them with what it saw when it looked last."""

    def __init__(self) -> None:
        self.now = 0.0
        self.there: list[int] = []
        self.shares: dict[int, Shares] = {}

    def look(self, me: int) -> None:
        self.shares[me].among(sorted(self.there), me, self.now)

    def join(self, me: int) -> None:
        self.there.append(me)
        self.shares[me] = Shares()
        self.look(me)

    def leave(self, me: int) -> None:
        self.there.remove(me)
        del self.shares[me]

    def together(self, places: int) -> float:
        """What all may do that act on what they know."""
        acting = [one for one in self.shares.values() if not one.is_stale(self.now)]
        return sum(one.fraction("orders", places) for one in acting)


STEPS = st.tuples(st.sampled_from(["join", "leave", "look", "wait"]), st.integers(0, 9))


@given(st.lists(STEPS, max_size=80))
def test_all_together_never_have_more_than_the_whole_whoever_comes_and_goes(
    steps: list[tuple[str, int]],
) -> None:
    """Each looks when it likes to, or not at all."""
    all_of_them = Processes()
    for number, (what, which) in enumerate(steps, 1):
        there = all_of_them.there
        if what == "join" or not there:
            all_of_them.join(number)
        elif what == "leave":
            all_of_them.leave(there[which % len(there)])
        elif what == "look":
            all_of_them.look(there[which % len(there)])
        else:
            all_of_them.now += which / 2
        for places in (1, 2, 100):
            assert all_of_them.together(places) <= 1 + 1e-9


def test_who_comes_has_its_fraction_once_all_have_seen_it_or_have_to_look() -> None:
    first, second = Shares(), Shares()
    first.among([1], 1, 0)
    assert first.fraction("orders", 8) == 1
    second.among([1, 2], 2, 10)
    assert second.fraction("orders", 8) == 0
    first.among([1, 2], 1, 11)
    second.among([1, 2], 2, 10 + WINDOW)
    assert (first.fraction("orders", 8), second.fraction("orders", 8)) == (0.5, 0.5)


def test_who_is_left_alone_has_everything_at_once() -> None:
    shares = Shares()
    shares.among([1, 2], 2, 0)
    assert shares.among([2], 2, 1)
    assert shares.fraction("orders", 8) == 1


def test_who_has_not_looked_for_long_has_to() -> None:
    shares = Shares()
    assert shares.is_stale(0)
    shares.among([1], 1, 0)
    assert not shares.is_stale(WINDOW)
    assert shares.is_stale(WINDOW + 0.1)
