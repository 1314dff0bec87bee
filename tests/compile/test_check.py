"""One guard runs all checks of a hook: in their order, and each to its end."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from gateway.compile.check import Check, guard_of
from gateway.compile.exchange import SCOPE_KEY, Exchange
from gateway.errors import Forbidden
from tests.support.exchanges import an_exchange


def judged(*checks: Check) -> None:
    connection = SimpleNamespace(scope={SCOPE_KEY: an_exchange()})

    async def pass_all() -> None:
        await guard_of(checks)(connection, None)

    asyncio.run(pass_all())


def test_a_check_that_waits_has_judged_before_the_next_one_looks() -> None:
    seen: list[str] = []

    async def waits(_exchange: Exchange) -> None:
        await asyncio.sleep(0)
        seen.append("first")

    judged(waits, lambda _exchange: seen.append("second"))
    assert seen == ["first", "second"]


@pytest.mark.parametrize("at_once", [True, False])
def test_nothing_is_asked_behind_a_check_that_refuses(at_once: bool) -> None:
    def refuses(_exchange: Exchange) -> None:
        raise Forbidden("No.")

    async def refuses_later(exchange: Exchange) -> None:
        refuses(exchange)

    def asked(_exchange: Exchange) -> None:
        raise AssertionError("it is asked")

    with pytest.raises(Forbidden):
        judged(refuses if at_once else refuses_later, asked)
