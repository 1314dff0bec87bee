"""What several processes may do together is divided among them without a word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.runs.postgres.shares import Shares


@given(
    st.sets(st.integers(1, 10**9), min_size=1, max_size=12),
    st.text(max_size=20),
    st.integers(1, 512),
)
def test_the_parts_of_all_are_the_whole(owners: set[int], hook: str, whole: int) -> None:
    parts = []
    for me in owners:
        shares = Shares()
        shares.among(sorted(owners), me)
        parts.append(shares.part(hook, whole))
    assert sum(parts) == whole
    assert max(parts) - min(parts) <= 1


def test_what_does_not_divide_goes_to_others_for_other_hooks() -> None:
    first, second = Shares(), Shares()
    first.among([1, 2], 1)
    second.among([1, 2], 2)
    parts = {(first.part(f"hook-{n}", 1), second.part(f"hook-{n}", 1)) for n in range(20)}
    assert parts == {(0, 1), (1, 0)}


def test_who_is_alone_or_not_known_yet_does_everything() -> None:
    assert Shares().part("orders", 16) == 16
