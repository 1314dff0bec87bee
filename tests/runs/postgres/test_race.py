"""Hosts of which one is used: the first that is there, however long another one says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from gateway.runs.postgres.race import first
from tests.runs.postgres.stores import in_loop

Attempt = Callable[[], Coroutine[Any, Any, str]]
LONG = 60.0


def gives(value: str, after: float = 0.0) -> Attempt:
    async def attempt() -> str:
        await asyncio.sleep(after)
        return value

    return attempt


def fails(message: str) -> Attempt:
    async def attempt() -> str:
        raise OSError(message)

    return attempt


@in_loop
async def test_one_that_says_nothing_holds_up_no_other() -> None:
    closed: list[str] = []
    attempts = [gives("silent", LONG), gives("there")]
    assert await first(attempts, 0.01, closed.append) == ("there", 1)
    assert closed == []


@in_loop
async def test_the_earlier_one_is_preferred_and_the_later_one_not_asked() -> None:
    later: list[str] = []
    assert await first([gives("one"), gives("two")], LONG, later.append) == ("one", 0)
    assert later == []


@in_loop
async def test_one_that_refuses_is_followed_at_once() -> None:
    assert await first([fails("no"), gives("two")], LONG, print) == ("two", 1)


@in_loop
async def test_what_comes_about_beside_the_chosen_one_is_closed() -> None:
    closed: list[str] = []
    ready = asyncio.Event()

    def when_ready(value: str) -> Attempt:
        async def attempt() -> str:
            await ready.wait()
            return value

        return attempt

    asyncio.get_running_loop().call_later(0.05, ready.set)
    both = [when_ready("one"), when_ready("two")]
    assert await first(both, 0.01, closed.append) == ("one", 0)
    await asyncio.sleep(0)
    assert closed == ["two"]


@in_loop
async def test_where_all_fail_the_first_one_says_why() -> None:
    with pytest.raises(OSError, match="gone"):
        await first([fails("gone"), fails("a standby")], LONG, print)
