"""What a process does without being asked for the runs that all share."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import msgspec

from gateway.runs.postgres import counting, owners, purging
from gateway.runs.postgres.link import LOOK_UP, WORK, Link
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.session import Session

HEARTBEAT = 5.0
OFTEN = 1.0
SELDOM = 60.0
_COSTS = 20
"""What takes time is done less often: a twentieth of the time is spent on it. The heartbeat alone
comes as often, however slow the database is: others take a process that is silent for one that
ended.
"""
_SOON_COSTS = 3
"""The same for what an operator waits for: an attempt that was cancelled at another gateway. It
looks up what is in flight here, and nothing else.
"""
Work = Callable[[Session], Awaitable[bool]]
"""Something to do; whether there is more of it at once."""


class PeriodicTask(msgspec.Struct):
    """Something to do about each `every` seconds, within `seconds`, the next time at `at`."""

    work: Work
    every: float
    seconds: float = WORK
    at: float = 0.0
    costs: float = _COSTS

    def pause(self, took: float) -> float:
        """Seconds until it is to be done again, once it took so many."""
        return max(self.every * random.uniform(0.8, 1.2), self.costs * took)  # noqa: S311


class Maintenance:
    """All of it, for a process that says of itself what `me` does. `let_go` ends attempts that are
    not its any more, `find` begins those that it did not know of.
    """

    def __init__(
        self, local: LocalState, link: Link, me: owners.Self, let_go: Work, find: Work
    ) -> None:
        self._local = local
        self._link = link
        self._me = me
        self._key = purging.FIRST_KEY
        self._loop = asyncio.get_running_loop()
        self._there: set[int] = set()
        self._heartbeat = PeriodicTask(self._send_heartbeat, HEARTBEAT, costs=0)
        self._owners = PeriodicTask(self._refresh_owners, OFTEN)
        self._rescue = PeriodicTask(lambda session: owners.rescue(session, local), HEARTBEAT)
        self._lanes = PeriodicTask(self._settle_lanes, SELDOM)
        self._rest = [
            self._owners,
            self._rescue,
            PeriodicTask(let_go, OFTEN, costs=_SOON_COSTS),
            PeriodicTask(find, HEARTBEAT),
            self._lanes,
            PeriodicTask(lambda session: purging.give_up(session, local), OFTEN),
            PeriodicTask(lambda session: purging.purge(session, local), OFTEN),
            PeriodicTask(self._sweep, OFTEN),
            PeriodicTask(self._count, OFTEN, LOOK_UP),
        ]

    @property
    def next(self) -> float:
        """When there is something to do, by the clock of the event loop."""
        return min(self._heartbeat.at, *(task.at for task in self._rest))

    def soon(self) -> None:
        """What the process is or what it serves has changed."""
        self._heartbeat.at = self._owners.at = self._lanes.at = 0.0

    async def run(self, every: bool) -> None:
        """Do what is due, or everything. Raises StoreUnavailable."""
        await self.heartbeat(every)
        for task in self._rest:
            if every or task.at <= self._loop.time():
                await self._do(task)
                await self.heartbeat()

    async def heartbeat(self, anyway: bool = False) -> None:
        """Say that this process is there, if it is time for that. Whatever takes some time has it
        done in between. Raises StoreUnavailable.
        """
        if anyway or self._heartbeat.at <= self._loop.time():
            await self._do(self._heartbeat)

    async def refresh_owners(self) -> None:
        """See which processes there are, at once. Raises StoreUnavailable."""
        await self._do(self._owners)

    async def _do(self, task: PeriodicTask) -> None:
        begun = 0.0

        async def work(session: Session) -> bool:
            # Waiting for a turn costs the database nothing.
            nonlocal begun
            begun = self._loop.time()
            return await task.work(session)

        more = await self._link.run(work, task.seconds)
        ended = self._loop.time()
        task.at = ended if more else ended + task.pause(ended - begun)

    async def _send_heartbeat(self, session: Session) -> bool:
        await owners.heartbeat(session, self._local, self._me)
        return False

    async def _refresh_owners(self, session: Session) -> bool:
        there = await owners.refresh(session, self._local)
        if self._there - there:
            self._rescue.at = 0.0
        self._there = there
        return False

    async def _count(self, session: Session) -> bool:
        await counting.count(session, self._local)
        return False

    async def _sweep(self, session: Session) -> bool:
        self._key = await purging.sweep_keys(session, self._key)
        return False

    async def _settle_lanes(self, session: Session) -> bool:
        await purging.settle_lanes(session, self._local)
        return False
