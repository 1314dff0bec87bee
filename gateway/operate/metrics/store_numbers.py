"""Asking the store for its numbers when somebody scrapes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from gateway.errors import Refusal
from gateway.operate.store_access import StoreAccess

if TYPE_CHECKING:
    from gateway.operate.metrics.store_totals import Numbers, StoreTotals
    from gateway.runs.stats import Stats

PATIENCE = 2.0
"""Seconds that a scrape waits for the store."""


class StoreNumbers:
    """The store's series as they were when it was asked last.

    `restarts` tells how many stores ended unexpectedly, `loop` is where the store is asked.
    """

    def __init__(self, access: StoreAccess, restarts: Callable[[], int]) -> None:
        self.access = access
        self.loop: asyncio.AbstractEventLoop | None = None
        self._restarts = restarts
        self._stats: Stats | None = None

    async def ask(self) -> None:
        """Ask the store. One that does not answer in time has no gauges."""
        stats = None
        if self.access.begun:
            with suppress(TimeoutError, Refusal):
                async with asyncio.timeout(PATIENCE):
                    stats = await (await self.access.store()).stats()
        self._stats = stats

    def ask_soon(self) -> None:
        """Ask without waiting: a worker has ended, whose last numbers are there for a while."""
        if self.loop is not None:
            asyncio.run_coroutine_threadsafe(self.ask(), self.loop)

    def ask_from_thread(self) -> None:
        """The same from another thread than the loop's."""
        if self.loop is not None:
            asyncio.run_coroutine_threadsafe(self.ask(), self.loop).result(2 * PATIENCE)

    def __call__(self) -> dict[str, dict[tuple[str, ...], Numbers]]:
        """Numbers by labels, by metric; nothing where no store is needed."""
        if not (self.access.begun or self.access.problem):
            return {}
        return self._totals(self._stats, self._restarts())

    @cached_property
    def _totals(self) -> StoreTotals:
        """Imported when there is a store, and somebody asks."""
        from gateway.operate.metrics.store_totals import StoreTotals

        return StoreTotals()
