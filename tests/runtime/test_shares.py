"""What there is only so much of, among clients."""

from __future__ import annotations

import pytest

from gateway.errors import TooManyRequests, Unavailable
from gateway.runtime.shares import Shares


def test_one_client_gets_its_share_and_the_others_theirs() -> None:
    shares = Shares("things", 3, 2)
    for _ in range(2):
        shares.take("203.0.113.1")
    with pytest.raises(TooManyRequests, match="from this client"):
        shares.take("203.0.113.1")
    shares.take("203.0.113.2")
    with pytest.raises(Unavailable):
        shares.take("203.0.113.3")


def test_what_is_given_back_is_there_for_anybody() -> None:
    shares = Shares("things", 1, 1)
    for client in ("203.0.113.1", "203.0.113.2", "", "2001:db8::1"):
        shares.give_back(shares.take(client))
    assert shares.taken == 0
    assert shares._taken == {}, "who has none takes no memory"


def test_addresses_of_one_host_are_one_client() -> None:
    shares = Shares("things", 9, 1)
    shares.take("2001:db8::1")
    with pytest.raises(TooManyRequests):
        shares.take("2001:db8::2")
    shares.take("2001:db8:0:1::1")
