"""Limits as a hook's guard: what they say is true, and they outlive the hook's versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.compile.guards.caller import Entrance

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def hook(directory: Path, **limits: Any) -> Entrance:
    return Entrance(directory, "none", **({"limits": limits} if limits else {}))


@pytest.mark.parametrize("key", ["rate", "rate_per_client"])
@pytest.mark.parametrize("rate", ["3/1m", "1/10s", "5/1s", "7/24h"])
async def test_who_waits_as_long_as_told_is_let_in_and_nobody_before(
    tmp_path: Path, key: str, rate: str
) -> None:
    door = hook(tmp_path, **{key: rate})
    assert await door.statuses(int(rate[0]), {}) == [200] * int(rate[0])
    for _ in range(3):
        while (refused := await door.call()).status == 200:
            pass
        door.now += refused.retry_after - 1
        assert refused.retry_after == 1 or (await door.call()).status == 429
        door.now += 1
        assert (await door.call()).status == 200


@pytest.mark.parametrize("key", ["rate", "rate_per_client"])
async def test_a_rate_goes_on_where_a_changed_hook_takes_over(tmp_path: Path, key: str) -> None:
    door = hook(tmp_path, **{key: "3/1h"})
    assert await door.statuses(3, {}) == [200] * 3
    door.hook = door.compiled(description="changed")
    assert (await door.call()).status == 429


@pytest.mark.parametrize("key", ["rate", "rate_per_client"])
async def test_a_rate_that_was_widened_is_in_force_at_once(tmp_path: Path, key: str) -> None:
    door = hook(tmp_path, **{key: "1/24h"})
    assert await door.statuses(2, {}) == [200, 429]
    door.hook = door.compiled(limits={key: "10/10s"})
    door.now += (await door.call()).retry_after
    assert (await door.call()).status == 200
    door.now += 10
    assert await door.statuses(11, {}) == [200] * 10 + [429]


async def test_what_is_in_flight_goes_on_where_a_changed_hook_takes_over(tmp_path: Path) -> None:
    door = hook(tmp_path, concurrency=2)
    first = await door.call()
    assert await door.statuses(2, {}) == [200, 503]
    door.hook = door.compiled(description="changed")
    assert (await door.call()).status == 503
    assert first.exchange.occupies is not None
    first.exchange.occupies.in_flight -= 1
    assert await door.statuses(2, {}) == [200, 503]


async def test_what_is_refused_is_not_in_flight(tmp_path: Path) -> None:
    door = hook(tmp_path, concurrency=2, rate="1/1h", body="10")
    assert (await door.call()).status == 200
    for outcome in [await door.call() for _ in range(5)]:
        assert outcome.status == 429
        assert outcome.exchange.occupies is None
    assert door.runtime.concurrency("door").in_flight == 1


async def test_one_client_reaches_its_own_limit_before_it_takes_from_everybodys(
    tmp_path: Path,
) -> None:
    door = hook(tmp_path, rate="3/1h", rate_per_client="2/1h")
    assert await door.statuses(10, {}) == [200, 200, *[429] * 8]
    assert (await door.call(client="203.0.113.10")).status == 200
    assert (await door.call(client="203.0.113.11")).status == 429


BEARER = {"type": "bearer", "tokens": [{"secret": "right"}]}
RIGHT = {"Authorization": "Bearer the-token-that-opens"}


def closed(directory: Path, **written: Any) -> Entrance:
    """A hook that asks for a token."""
    (directory / "right").write_text("the-token-that-opens")
    return Entrance(directory, BEARER, **written)


async def test_strangers_take_nothing_of_what_all_callers_share(tmp_path: Path) -> None:
    door = closed(tmp_path, limits={"rate": "2/1h", "concurrency": 2})
    assert await door.statuses(5, {}) == [401] * 5
    assert await door.statuses(5, {"Authorization": "Bearer wrong"}) == [401] * 5
    assert await door.statuses(3, RIGHT) == [200, 200, 429]


async def test_an_address_is_judged_before_anything_is_counted(tmp_path: Path) -> None:
    limits = {"rate": "1/1h", "rate_per_client": "1/1h", "failures": "1/1h"}
    door = closed(tmp_path, limits=limits, allow_from=["198.51.100.0/24"])
    for headers in ({}, {"Authorization": "Bearer wrong"}, RIGHT):
        assert await door.statuses(3, headers) == [403] * 3
    assert await door.statuses(2, RIGHT, client="198.51.100.1") == [200, 429]


async def test_a_client_is_charged_before_its_credentials_are_looked_at(tmp_path: Path) -> None:
    door = closed(tmp_path, limits={"rate_per_client": "2/1h"})
    assert await door.statuses(2, {}) == [401] * 2
    assert (await door.call(RIGHT)).status == 429
    assert (await door.call(RIGHT, client="203.0.113.10")).status == 200


async def test_a_hook_that_says_nothing_has_a_share_of_the_slots(tmp_path: Path) -> None:
    door = hook(tmp_path)
    most = door.runtime.settings.limits.in_flight_per_hook
    assert most <= door.runtime.settings.limits.in_flight // 4
    assert await door.statuses(most + 1, {}) == [200] * most + [503]


async def test_who_has_shown_the_right_credential_is_proven_and_nobody_else(
    tmp_path: Path,
) -> None:
    door = closed(tmp_path)
    assert (await door.call(RIGHT)).exchange.proven
    assert not (await door.call()).exchange.proven
    assert not (await hook(tmp_path).call()).exchange.proven
