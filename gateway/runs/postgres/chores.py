"""What a process does from time to time for the runs that all share."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import msgspec

from gateway.runs.postgres import counting, owners, purging
from gateway.runs.postgres.books import Books
from gateway.runs.postgres.link import LOOK_UP, WORK, Link
from gateway.runs.postgres.session import Session

BEAT = 5.0
OFTEN = 1.0
SELDOM = 60.0
_COSTS = 20
"""What takes time is done less often: a twentieth of the time is spent on it. Only the beat comes
as often, however slow the database is: others take a process that is silent for one that ended.
"""
Work = Callable[[Session], Awaitable[bool]]
"""Something to do; whether there is more of it at once."""


class Chore(msgspec.Struct):
    """Something to do about each `every` seconds, within `seconds`, the next time at `at`."""

    work: Work
    every: float
    seconds: float = WORK
    at: float = 0.0
    costs: float = _COSTS

    def pause(self, took: float) -> float:
        """Seconds until it is to be done again, once it took so many."""
        return max(self.every * random.uniform(0.8, 1.2), self.costs * took)  # noqa: S311


class Chores:
    """All of them, for a process that says of itself what `me` does. `let_go` ends attempts that
    are not its any more, `find` begins those that it did not know of.
    """

    def __init__(self, books: Books, link: Link, me: owners.Self, let_go: Work, find: Work) -> None:
        self._books = books
        self._link = link
        self._me = me
        self._key = purging.FIRST_KEY
        self._loop = asyncio.get_running_loop()
        self._there: set[int] = set()
        self._beat = Chore(self._say, BEAT, costs=0)
        self._look = Chore(self._see, OFTEN)
        self._rescue = Chore(lambda session: owners.rescue(session, books), BEAT)
        self._lanes = Chore(self._settle_lanes, SELDOM)
        self._rest = [
            self._look,
            self._rescue,
            Chore(let_go, OFTEN),
            Chore(find, BEAT),
            self._lanes,
            Chore(lambda session: purging.give_up(session, books), OFTEN),
            Chore(lambda session: purging.purge(session, books), OFTEN),
            Chore(self._sweep, OFTEN),
            Chore(self._count, OFTEN, LOOK_UP),
        ]

    @property
    def next(self) -> float:
        """When there is something to do, by the clock of the event loop."""
        return min(self._beat.at, *(chore.at for chore in self._rest))

    def soon(self) -> None:
        """What the process is or what it serves has changed."""
        self._beat.at = self._look.at = self._lanes.at = 0.0

    async def run(self, every: bool) -> None:
        """Do what is due, or everything. Raises StoreUnavailable."""
        await self.beat(every)
        for chore in self._rest:
            if every or chore.at <= self._loop.time():
                await self._do(chore)
                await self.beat()

    async def beat(self, anyway: bool = False) -> None:
        """Say that this process is there, if it is time for that. Whatever takes some time has it
        done in between. Raises StoreUnavailable.
        """
        if anyway or self._beat.at <= self._loop.time():
            await self._do(self._beat)

    async def look(self) -> None:
        """See which processes there are, at once. Raises StoreUnavailable."""
        await self._do(self._look)

    async def _do(self, chore: Chore) -> None:
        begun = self._loop.time()
        more = await self._link.run(chore.work, chore.seconds)
        ended = self._loop.time()
        chore.at = ended if more else ended + chore.pause(ended - begun)

    async def _say(self, session: Session) -> bool:
        await owners.beat(session, self._books, self._me)
        return False

    async def _see(self, session: Session) -> bool:
        there = await owners.look(session, self._books)
        if self._there - there:
            self._rescue.at = 0.0
        self._there = there
        return False

    async def _count(self, session: Session) -> bool:
        await counting.count(session, self._books)
        return False

    async def _sweep(self, session: Session) -> bool:
        self._key = await purging.sweep_keys(session, self._key)
        return False

    async def _settle_lanes(self, session: Session) -> bool:
        await purging.settle_lanes(session, self._books)
        return False
