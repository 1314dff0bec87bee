"""The store that gateways share, as one worker sees it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from pathlib import Path

from gateway.errors import Conflict
from gateway.runs.counts import Counts
from gateway.runs.postgres import announcement, counting, fitness, owners
from gateway.runs.postgres.acceptor import Acceptor
from gateway.runs.postgres.clock import Clock
from gateway.runs.postgres.commands import Commands
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.dispatch_loop import DispatchLoop
from gateway.runs.postgres.link import Link, unavailable
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.lookups import Lookups
from gateway.runs.postgres.migrate import migrate
from gateway.runs.postgres.reporting import reports, storable
from gateway.runs.postgres.session import Session
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Policies, Record, Result
from gateway.runs.selection import Changed, Detail, Page, Query, Selection
from gateway.runs.stats import Stats

_ACCEPTS = 2
"""Connections for accepts: one batch is sent while another is being committed."""
_LEAVES = 3.0
"""Seconds after which a database that does not answer is left without a word."""


class PostgresStore:
    """A `RunStore`. Made in an event loop; connects by itself, now and after each loss.

    `runs` is how many may be unfinished in all, `targets` how many attempts may be in flight to one
    target, of all processes. `gateway` is what the workers of one gateway have in common. `works`:
    it takes turns by itself. One that `observes` accepts nothing and is given nothing: operators
    ask it, and what it counts is counted in `counts`, which are those of a store that works, if the
    process has one. `known` tells which keys may open what is stored, see `sealed.foreign`.
    """

    def __init__(
        self,
        database: Database,
        *,
        runs: int,
        targets: int,
        monotonic: Callable[[], float] = time.monotonic,
        works: bool = True,
        gateway: str = "",
        observes: bool = False,
        counts: Counts | None = None,
        known: Callable[[], Collection[bytes] | None] = lambda: None,
    ) -> None:
        self.local = local = LocalState(Clock(monotonic), targets, random.random)
        self.keys: asyncio.Future[fitness.Keys] = asyncio.get_running_loop().create_future()
        self._database = database
        self._observes = observes
        self._known = known
        accepts = 0 if observes else _ACCEPTS
        self._rest = Link(database, self._opened_first)
        accepting = [Link(database, self._opened) for _ in range(accepts)]
        self._links = [*accepting, self._rest]
        self._idle = asyncio.Event()
        local.on_idle = self._idle.set
        self._dispatching = DispatchLoop(local, self._rest, works and not observes, gateway)
        self._acceptor = Acceptor(
            local, accepting, runs, self._dispatching.start, self._dispatching.wake
        )
        # What another store counts, too, is what that one says to all.
        counted = local.counts if counts is None else Counts()
        self.counts = local.counts = counts or local.counts
        self._lookups = Lookups(local, self._rest, runs, gateway if observes else None, counted)
        self._commands = Commands(local, self._rest.run, self._dispatching.stop)
        self._reports = reports(local, self._rest)
        self._batches = (self._acceptor.batches, self._reports, self._lookups.batches)
        self.is_closed = False

    async def _tables(self, session: Session) -> None:
        """Make the tables, unless this process has used some: then they have to be the same."""
        if self.keys.done():
            await fitness.check_same(session, self._database.address, self.keys.result())
        await migrate(session, self._database.address)

    async def _opened(self, session: Session) -> None:
        await self._tables(session)
        # What is accepted starts at once where this process is an owner, which it is from then on.
        await asyncio.wait((self.keys,))

    async def _opened_first(self, session: Session) -> None:
        await self._tables(session)
        await fitness.check_unmoved(session, self._database.address)
        if not self.keys.done() and not self._observes:
            await fitness.check_keys(session, self._known())
        if self._dispatching.credit:
            await owners.heartbeat(session, self.local, self._dispatching.me)
            await owners.refresh(session, self.local)
            # Who moves runs away has seen this process by now, or this one sees the move.
            await fitness.check_unmoved(session, self._database.address)
        await counting.count(session, self.local)
        if not self.keys.done():
            if self._dispatching.credit:
                await announcement.say_once(
                    session, self._database, self.local, self._dispatching.me
                )
            self.keys.set_result(await fitness.keys_of(session, self._database.address))
        self._dispatching.wake()

    @property
    def is_connected(self) -> bool:
        """Whether the database is there, with every connection to it."""
        return all(link.is_open for link in self._links)

    @property
    def connections(self) -> int:
        """How many were made until now."""
        return sum(link.made for link in self._links)

    @property
    def problem(self) -> str:
        """Why nothing is promised now, in words; empty where it may be."""
        return ("" if self._rest.is_open else self._rest.problem) or self._acceptor.problem

    @property
    def unfit(self) -> str:
        """Why it cannot be used until an operator does something about it, in words."""
        return self._rest.problem if self._rest.is_unfit else ""

    def serving(self, policies: Policies) -> None:
        """This process serves another generation, with these durable hooks."""
        self.local.follow(policies)
        self._dispatching.changed()

    async def accept(self, new: NewRun) -> Accepted | Duplicate:
        """Keep a run; see `RunStore`."""
        self._check_open()
        return await self._acceptor.accept(new)

    def deliver(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        """Ask for runs; see `RunStore`."""
        self._dispatching.deliver(start, stop, credit)

    async def report(self, result: Result) -> bool:
        """End an attempt; see `RunStore`."""
        self._check_open()
        kept = await self._reports.ask(storable(result), None)
        self._dispatching.wake()
        return kept

    async def record(self, run: str) -> Record | None:
        """A run as it is."""
        self._check_open()
        return await self._lookups.record(run)

    async def wait(self, run: str, seconds: float) -> Record | None:
        """A run as soon as there is nothing to wait for; see `RunStore`."""
        self._check_open()
        return await self._lookups.wait(run, seconds)

    async def list(self, query: Query) -> Page:
        """Runs, newest first."""
        self._check_open()
        return await self._lookups.list(query)

    async def show(self, run: str) -> Detail | None:
        """Everything about one run but its payload."""
        self._check_open()
        return await self._lookups.show(run)

    async def payload(self, run: str) -> bytes | None:
        """The invocation of a run as it was accepted, encoded."""
        self._check_open()
        return await self._lookups.payload(run)

    async def replay(self, which: Selection, *, anew: bool) -> Changed:
        """Let final runs go on, or start copies of them; see `RunStore`."""
        return await self._changing(partial(self._commands.replay, which, anew))

    async def cancel(self, which: Selection) -> Changed:
        """End runs that are unfinished; see `RunStore`."""
        return await self._changing(partial(self._commands.cancel, which))

    async def _changing(self, change: Callable[[], Awaitable[Changed]]) -> Changed:
        self._check_open()
        changed = await change()
        self._dispatching.wake()
        return changed

    async def stats(self) -> Stats:
        """Counts and gauges."""
        self._check_open()
        return await self._lookups.stats()

    async def backup(self, path: Path) -> int:
        """Nothing: a database has its own ways. Raises Conflict."""
        raise Conflict(
            "Runs in PostgreSQL are copied with the rest of the database: by pg_dump, or as its "
            "operator does."
        )

    async def drain(self) -> None:
        """Take no more; return when nothing is assigned here."""
        self._dispatching.retire()
        while self.local.holding:
            self._idle.clear()
            await self._idle.wait()

    async def turn(self, every: bool = False) -> None:
        """Do what time asks for, and start what may start. Raises StoreUnavailable."""
        await self._dispatching.take(every)

    def _check_open(self) -> None:
        if self.is_closed:
            raise unavailable("the gateway is shutting down")

    async def close(self) -> None:
        """Leave the store; see `RunStore`."""
        if self.is_closed:
            return
        self.is_closed = True
        try:
            async with asyncio.timeout(_LEAVES):
                await asyncio.gather(*(batches.close() for batches in self._batches))
                await self._dispatching.close()
                await asyncio.gather(*(link.close() for link in self._links))
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """Leave as a process does that is killed."""
        self.is_closed = True
        for batches in self._batches:
            batches.stop()
        for link in self._links:
            link.abort()
