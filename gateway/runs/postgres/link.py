"""A connection that is made again whenever it is lost."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import asyncpg
import structlog

from gateway.errors import GatewayError
from gateway.runs.leaving import left
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import EXPECTED, LASTING, Unfit, meaning, sentence
from gateway.runs.postgres.session import Session
from gateway.runs.store import DOWN, RETRY_LATER, StoreUnavailable

T = TypeVar("T")
WORK = 3.0
"""Seconds after which a statement is given up with its connection."""
LOOK_UP = 10.0
"""The same where many rows may be read."""
OPENS = 30.0
"""The same for what a new connection begins with."""
_FIRST_PAUSE = 0.05
_UNFIT = "the store cannot be used"
_FIT_AGAIN = "the store can be used again"
_LONGEST_PAUSE = 1.0
_log = structlog.get_logger("gateway.store")


class StatementError(GatewayError):
    """The database refuses this very statement, and would again."""


class Link:
    """One connection, for one piece of work at a time. Made in an event loop; connects by itself.

    `opened` is called on the first connection and on each further one, before there is work.
    """

    def __init__(self, database: Database, opened: Callable[[Session], Awaitable[None]]) -> None:
        self.problem = ""
        """Why there is no connection, in words; empty where nothing is known of it."""
        self.lost_at = asyncio.get_running_loop().time()
        """Since when there is none; never where there is one."""
        self.is_unfit = False
        """Whether the problem lasts until an operator does something about it."""
        self.made = 0
        """How many connections there were until now."""
        self._database = database
        self._opened = opened
        self._turn = asyncio.Lock()
        self._ready = asyncio.Event()
        self._wanted = asyncio.Event()
        self._wanted.set()
        self._session: Session | None = None
        self._closed = False
        self._keeping = asyncio.create_task(self._keep())

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as anybody knows."""
        return self._session is not None

    async def run(
        self, work: Callable[[Session], Awaitable[T]], seconds: float = WORK, patience: float = 2.0
    ) -> T:
        """Do something within so many seconds, once there is a connection within `patience`.

        Raises StoreUnavailable: it may have happened. Raises StatementError.
        """
        # Who asks may leave; the work ends in order all the same.
        running = asyncio.ensure_future(self._run(work, seconds, patience))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            left(running)
            raise

    async def _run(
        self, work: Callable[[Session], Awaitable[T]], seconds: float, patience: float
    ) -> T:
        async with self._turn:
            session = await self._there(patience)
            try:
                async with asyncio.timeout(seconds):
                    return await _twice(session, work)
            except asyncio.CancelledError:
                self._lose(session, "the store is left")
                raise
            except StoreUnavailable:
                raise
            except Exception as error:
                raise self._failed(session, error) from error

    async def _there(self, patience: float) -> Session:
        if self._session is None and not self._closed:
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._ready.wait()
        if self._session is None:
            raise unavailable(self.problem or "there is no connection to the store")
        return self._session

    def _failed(self, session: Session, error: Exception) -> Exception:
        """What to raise; the connection is let go where it is of no use any more."""
        if not isinstance(error, EXPECTED):
            # A mistake of ours, in the middle of whatever it was.
            self._lose(session, "a statement failed")
            return error
        means, why = meaning(error), sentence(error, self._database.address)
        if means == "statement":
            return StatementError(why)
        if means == "lost":
            self._lose(session, why)
        return unavailable(why)

    def _lose(self, session: Session, why: str) -> None:
        if self._session is not session:
            return
        session.terminate()
        if not self._closed:
            self.problem, self.lost_at = why, asyncio.get_running_loop().time()
            self._session = None
            self._ready.clear()
            self._wanted.set()

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while True:
            await self._wanted.wait()
            try:
                session = await self._database.dial()
                try:
                    async with asyncio.timeout(OPENS):
                        await self._opened(session)
                except BaseException:
                    session.terminate()
                    raise
            except Exception as error:
                self.problem = sentence(error, self._database.address)
                self.is_unfit = isinstance(error, LASTING)
                self._say(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            self._take(session)
            pause = _FIRST_PAUSE
            self._say_again()

    def _say(self, error: Exception) -> None:
        """Once for all connections to a database."""
        if self._database.told != self.problem:
            self._database.told, self._database.refuses = self.problem, self.is_unfit
            surprise = None if isinstance(error, (Unfit, *EXPECTED)) else error
            event = _UNFIT if self.is_unfit else "there is no connection to the store"
            _log.error(event, reason=self.problem, exc_info=surprise)

    def _say_again(self) -> None:
        """Once as well: the log says when the problem that it has is over."""
        if self._database.told:
            self._database.told = ""
            event = _FIT_AGAIN if self._database.refuses else "the store answers again"
            _log.warning(event, database=str(self._database.address))

    def _take(self, session: Session) -> None:
        self._session, self.problem, self.lost_at = session, "", math.inf
        self.is_unfit = False
        self.made += 1
        self._wanted.clear()
        self._ready.set()
        session.when_ended(partial(self._lose, session, "the server ended the connection"))
        if session.is_closed:
            self._lose(session, "the server ended the connection")

    async def close(self) -> None:
        """Leave the database."""
        self._closed = True
        self._keeping.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeping
        if self._session is not None:
            session, self._session = self._session, None
            with suppress(Exception):
                await session.close()

    def abort(self) -> None:
        """Leave as a process does that is killed."""
        self._closed = True
        self._keeping.cancel()
        if self._session is not None:
            self._session.terminate()
            self._session = None


async def _twice(session: Session, work: Callable[[Session], Awaitable[T]]) -> T:
    """Once more where tables have changed since a statement was prepared: nothing was done."""
    try:
        return await work(session)
    except asyncpg.InvalidCachedStatementError:
        await session.forget_plans()
        return await work(session)


def unavailable(why: str) -> StoreUnavailable:
    """The refusal of a caller; `why` is for the log."""
    return StoreUnavailable(DOWN, RETRY_LATER, why)
