"""The store of this host as a worker sees it, over a Unix socket."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from msgspec.msgpack import Decoder

from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Policies, Record, Result
from gateway.runs.selection import Changed, Detail, Page, Query, Selection
from gateway.runs.sqlite import messages as m
from gateway.runs.sqlite.clock import since_boot
from gateway.runs.sqlite.peer import Peer
from gateway.runs.stats import Stats
from gateway.runs.store import DOWN, RETRY_LATER, RETRY_SOON, StoreUnavailable

COMMIT = 2.0
"""Seconds after which nobody is promised a run that the store has not acknowledged."""
ACCEPTS = 256
"""Runs that wait for the store at a time; a store that stalls must leave room for direct hooks."""
BYTES = 32 * 1024 * 1024
"""What the invocations of those runs may have together, where there is more than one."""
LOOK_UP = 10.0
UNCONNECTED = "there is no connection to the store"
LATE = "the store does not answer in time"
T = TypeVar("T")
Ask = Callable[[int], m.Question]
_RECORD = Decoder(Record | None)
_PAGE = Decoder(Page)
_DETAIL = Decoder(Detail | None)
_PAYLOAD = Decoder(bytes | None)
_CHANGED = Decoder(Changed)
_STATS = Decoder(Stats)
_SIZE = Decoder(int)
_NOTHING = Decoder(type(None))


class SqliteStore:
    """A `RunStore`. Made in an event loop; connects by itself, now and after each loss.

    What it holds are the attempts that this process has started and whose end is not durable; when
    the store comes back, they go on.
    """

    def __init__(self, path: str, process: int | None = None) -> None:
        self._peer = Peer(path, os.getpid() if process is None else process)
        self._link = self._peer.link
        self._questions = self._peer.questions
        self._accepting = 0

    @property
    def is_connected(self) -> bool:
        """Whether the store is there."""
        return self._link.is_open

    @property
    def keys(self) -> asyncio.Future[m.Welcome]:
        """What the store says of itself, with the keys for tickets and digests."""
        return self._peer.welcome

    @property
    def problem(self) -> str:
        """Why nothing is promised now, in words; empty where it may be."""
        if self._peer.alone > COMMIT:
            return UNCONNECTED
        return LATE if self._questions.late or self._peer.silent else ""

    @property
    def unfit(self) -> str:
        """Nothing: the supervisor tells of what only an operator can change."""
        return ""

    @property
    def counts(self) -> None:
        """Nothing: the store's process counts."""

    def serving(self, policies: Policies) -> None:
        """This process serves another generation, of whose hooks the store hears elsewhere."""
        self._peer.serve(policies.generation)

    async def accept(self, new: NewRun) -> Accepted | Duplicate:
        """Keep a run; see `RunStore`. Raises StoreUnavailable after COMMIT seconds."""
        if self._link.is_full:
            raise StoreUnavailable(DOWN, RETRY_LATER, "the store is far behind")
        if self._peer.alone > COMMIT:
            # Callers that wait in vain would keep others out.
            raise StoreUnavailable(DOWN, RETRY_LATER, UNCONNECTED)
        if self._accepting >= ACCEPTS:
            raise StoreUnavailable(DOWN, RETRY_SOON, f"{ACCEPTS} requests wait for the store")
        size = len(new.invocation)
        if self._questions.size and self._questions.size + size > BYTES:
            why = f"requests of {self._questions.size} bytes wait for the store"
            raise StoreUnavailable(DOWN, RETRY_SOON, why)
        until = since_boot() + round(COMMIT * 1000)
        try:
            future = self._questions.ask(
                lambda number: m.Accept(number, new, until), COMMIT, False, size
            )
        except ValueError as error:
            raise StoreUnavailable(DOWN, RETRY_LATER, str(error)) from error
        self._accepting += 1
        try:
            answer: Accepted | Duplicate = await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._peer.start_alone(new, future.result())
            raise
        finally:
            self._accepting -= 1
        return answer

    def deliver(
        self, start: Callable[[Assignment], None], stop: Callable[[str, int], None], credit: int
    ) -> None:
        """Ask for runs; see `RunStore`."""
        self._peer.take(start, stop, credit)

    async def report(self, result: Result) -> bool:
        """End an attempt; see `RunStore`. What is not acknowledged is told again."""
        kept: bool = await self._questions.ask(lambda n: m.Report(n, result), math.inf, True)
        return kept

    async def record(self, run: str) -> Record | None:
        """A run as it is."""
        return await self._ask(lambda n: m.GetRecord(n, run), _RECORD)

    async def wait(self, run: str, seconds: float) -> Record | None:
        """A run as soon as there is nothing to wait for; see `RunStore`."""
        try:
            return await self._ask(lambda n: m.Wait(n, run, seconds), _RECORD, seconds)
        except StoreUnavailable:
            return await self._ask(lambda n: m.GetRecord(n, run), _RECORD, COMMIT)

    async def list(self, query: Query) -> Page:
        """Runs, newest first."""
        return await self._ask(lambda n: m.ListRuns(n, query), _PAGE)

    async def show(self, run: str) -> Detail | None:
        """Everything about one run but its payload."""
        return await self._ask(lambda n: m.Show(n, run), _DETAIL)

    async def payload(self, run: str) -> bytes | None:
        """The invocation of a run as it was accepted, encoded."""
        return await self._ask(lambda n: m.GetPayload(n, run), _PAYLOAD)

    async def replay(self, which: Selection, *, anew: bool) -> Changed:
        """Let final runs go on, or start copies of them; see `RunStore`."""
        return await self._command(lambda n: m.Replay(n, which, anew), _CHANGED)

    async def cancel(self, which: Selection) -> Changed:
        """End runs that are unfinished; see `RunStore`."""
        return await self._command(lambda n: m.Cancel(n, which), _CHANGED)

    async def stats(self) -> Stats:
        """Counts and gauges."""
        return await self._ask(m.GetStats, _STATS, COMMIT)

    async def backup(self, path: Path) -> int:
        """Copy the store to a file that is not there yet; its size in bytes. Raises Conflict where
        it cannot be written.
        """
        return await self._command(lambda n: m.Backup(n, str(path)), _SIZE)

    async def drain(self) -> None:
        """Take no more; return when nothing is assigned here."""
        self._peer.take_no_more()
        if not self._link.is_open and not self._peer.holding:
            # Without a store nothing is assigned; one that comes back hears of no credit.
            return
        await self._command(m.Drain, _NOTHING)
        await self._peer.holding.over()

    async def close(self) -> None:
        """Leave the store; see `RunStore`."""
        self._link.close()
        self._questions.close()

    def abort(self) -> None:
        """Leave as a process does that is killed."""
        self._link.abort()
        self._questions.close()

    async def _ask(self, make: Ask, decoder: Decoder[T], seconds: float = LOOK_UP) -> T:
        return decoder.decode(await self._questions.ask(make, seconds, True))

    async def _command(self, make: Ask, decoder: Decoder[T]) -> T:
        """What takes as long as it takes, and must not be done twice."""
        return decoder.decode(await self._questions.ask(make, math.inf, False))
