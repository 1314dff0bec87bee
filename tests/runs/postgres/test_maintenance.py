"""A process that a slow database holds up says that it is there as often as any other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest

from gateway.runs.postgres import owners
from gateway.runs.postgres.clock import Clock
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.maintenance import Maintenance
from gateway.runs.postgres.owners import SILENT
from gateway.runs.postgres.session import Session
from tests.runs.postgres.stores import in_loop


class SlowLink:
    """A connection on which everything takes some seconds of the loop's clock."""

    def __init__(self, took: float) -> None:
        self.now = 1000.0
        self._took = took

    async def run(self, work: Callable[[Session], Awaitable[bool]], _seconds: float = 0) -> bool:
        more = await work(None)  # type: ignore[arg-type]
        self.now += self._took
        return more


@pytest.mark.parametrize("took", [0.001, 1.0, 2.9])
@in_loop
async def test_it_is_never_silent_for_long(took: float, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[float] = []
    link: Any = SlowLink(took)

    async def heartbeat(*_: Any) -> None:
        said.append(link.now)

    async def nothing(*_: Any) -> Any:
        return False

    async def nobody(*_: Any) -> set[int]:
        return set()

    monkeypatch.setattr(owners, "heartbeat", heartbeat)
    monkeypatch.setattr(owners, "refresh", nobody)
    monkeypatch.setattr(owners, "rescue", nothing)
    for name in ("purging.give_up", "purging.purge", "purging.sweep_keys",
                 "purging.settle_lanes", "counting.count"):  # fmt: skip
        monkeypatch.setattr(f"gateway.runs.postgres.{name}", nothing)
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: link.now, raising=False)
    me = owners.Self("", lambda: True, lambda: b"")
    maintenance = Maintenance(
        LocalState(Clock(lambda: 0.0), 1, lambda: 0.5), link, me, nothing, nothing
    )
    while link.now < 1600:
        await maintenance.run(False)
        link.now = max(link.now, maintenance.next)
    gaps = [later - before for before, later in pairwise(said)]
    assert max(gaps) < SILENT / 2
