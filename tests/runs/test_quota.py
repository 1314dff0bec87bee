"""A limit that was reached is left some way before it counts as free."""

from __future__ import annotations

from gateway.runs.quota import Quota


def test_what_was_full_is_free_again_under_95_percent() -> None:
    quota = Quota(100)
    assert [quota.refuses(used) for used in (99, 100, 99, 95, 94, 99, 100)] == [
        False, True, True, True, False, False, True,
    ]  # fmt: skip


def test_a_limit_of_one_is_free_again_when_nothing_is_there() -> None:
    quota = Quota(1)
    assert [quota.refuses(used) for used in (0, 1, 1, 0)] == [False, True, True, False]
