"""The store in a database, for a move."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from gateway.runs.frozen import KEY, Frozen, read, written
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import EXPECTED, Unfit, sentence
from gateway.runs.postgres.migrate import check, check_makeable, is_made, migrate
from gateway.runs.postgres.session import Session
from gateway.runs.transfer import statements
from gateway.runs.transfer.absent import Absent
from gateway.runs.transfer.rows import COLUMNS, IDS, NOBODY, TIMES, Attempt, Identity, Key, Run
from gateway.runs.transfer.store import Last, MoveError, Store

_LOCK = 0x6777_6D76
"""The advisory lock of whoever adds runs: "gwmv"."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATE, _OWNER, _HOOK, _REASON = map(COLUMNS.index, ("state", "owner", "hook", "reason"))
_TIME_PLACES = [COLUMNS.index(name) for name in sorted(TIMES)]
_ID_PLACES = [COLUMNS.index(name) for name in sorted(IDS)]
_RUNNING = 2


class PostgresEnd:
    """A database. Raises MoveError where it cannot be used."""

    def __init__(self, database: Database, session: Session) -> None:
        self.name = str(database.address)
        self.removal = f"run DROP SCHEMA gateway CASCADE in {database.address}"
        self._database = database
        self._session = session
        self._numbers: dict[str, int] = {}

    @classmethod
    async def opened(cls, database: Database, new: bool, dry: bool = False) -> Store:
        """Connect; tables are made where it is to be `new`, unless nothing is to be written."""
        with _telling(database):
            session = await database.dial()
            try:
                if await is_made(session) or (new and not dry):
                    await (check if dry else migrate)(session, database.address)
                    return cls(database, session)
                if new:
                    await check_makeable(session, database.address)
            except BaseException:
                session.terminate()
                raise
        session.terminate()
        if not new:
            raise MoveError(f"{database.address} has no stored runs: no gateway has used it")
        return Absent(str(database.address))

    async def identity(self) -> Identity:
        """Which store it is."""
        meta = dict(await self._fetch("SELECT name, value FROM gateway.meta"))
        return Identity(meta["store_id"], meta["ticket_key"], meta["key_key"])

    async def frozen(self) -> Frozen | None:
        """The move that it takes part in."""
        rows = await self._fetch("SELECT value FROM gateway.meta WHERE name=$1", KEY)
        return read(rows[0][0] if rows else None)

    async def freeze(self, frozen: Frozen) -> None:
        """Write down the move."""
        await self._fetch(statements.META, KEY, written(frozen))

    async def users(self) -> list[str]:
        """The processes of gateways that were heard of."""
        return [name for (name,) in await self._fetch(statements.USERS)]

    async def counts(self) -> dict[int, int]:
        """How many runs are in which state."""
        rows = await self._fetch("SELECT state, count(*) FROM gateway.run GROUP BY state")
        return dict(rows)

    async def runs(self, after: int) -> list[Run]:
        """The next runs."""
        rows = await self._fetch(statements.RUNS, after)
        if not rows:
            return []
        by_run: dict[int, list[Attempt]] = {}
        for seq, *values in await self._fetch(statements.ATTEMPTS, rows[0][3], rows[-1][3]):
            by_run.setdefault(seq, []).append(Attempt(*values))
        return [_run(row, tuple(by_run.get(row[3], ()))) for row in rows]

    async def keys(self, after: Last) -> list[Key]:
        """The next keys."""
        rows = await self._fetch(statements.KEYS, *after)
        return [Key(hook, key, run.bytes, *rest) for hook, key, run, *rest in rows]

    async def adopt(self, identity: Identity) -> None:
        """Make tickets and digests as another store does."""
        async with self._writing() as session:
            for name in ("ticket_key", "key_key"):
                await session.fetch(statements.META, name, getattr(identity, name))

    async def last(self) -> int:
        """The place of the last run."""
        return int((await self._fetch(statements.LAST))[0][0])

    async def put(self, runs: Sequence[Run], after: int) -> None:
        """Add runs."""
        async with self._writing() as session:
            await session.fetch("SELECT pg_advisory_xact_lock($1)", _LOCK)
            if (await session.fetch(statements.LAST))[0][0] != after:
                raise MoveError(f"{self.name} has other runs than before: begin again")
            await self._know(session, [run.hook for run in runs])
            await session.copy("run", COLUMNS, [self._row(run) for run in runs])
            bodies = [(run.seq, run.invocation) for run in runs if run.invocation is not None]
            await session.copy("payload", ("seq", "invocation"), bodies)
            answers = [(run.seq, run.answer) for run in runs if run.answer is not None]
            await session.copy("outputs", ("seq", "answer"), answers)
            attempts = [_attempt(run.seq, one) for run in runs for one in run.attempts]
            await session.copy("attempt", ("seq", *Attempt.__struct_fields__), attempts)
            await session.fetch(statements.GO_ON, runs[-1].seq)

    async def put_keys(self, keys: Sequence[Key]) -> None:
        """Add keys."""
        async with self._writing() as session:
            await self._know(session, [one.hook for one in keys])
            await session.fetch(
                statements.PUT_KEYS,
                [self._numbers[one.hook] for one in keys],
                [one.key for one in keys],
                [UUID(bytes=one.run) for one in keys],
                [_time(one.expires) for one in keys],
                [one.state for one in keys],
            )

    async def clear(self) -> None:
        """Forget all runs and keys, and the move; with digests of its own again."""
        identity = await self.identity()
        async with self._writing() as session:
            await session.script(f"TRUNCATE {statements.TABLES}")
        await self.adopt(Identity(identity.id, os.urandom(32), os.urandom(32)))
        await self.thaw()

    async def thaw(self) -> None:
        """Forget the move."""
        await self._fetch("DELETE FROM gateway.meta WHERE name=$1", KEY)

    async def close(self) -> None:
        """Leave the database."""
        self._session.terminate()

    def _row(self, run: Run) -> list[Any]:
        values: list[Any] = list(run.values)
        for place in _TIME_PLACES:
            values[place] = _time(values[place])
        for place in _ID_PLACES:
            values[place] = None if values[place] is None else UUID(bytes=values[place])
        values[_HOOK] = self._numbers[run.hook]
        values[_OWNER] = NOBODY if values[_STATE] == _RUNNING else None
        values[_REASON] = _text(values[_REASON])
        return values

    async def _know(self, session: Session, hooks: list[str]) -> None:
        """The numbers of hooks, which are there for good: a transaction that fails gives some no
        other number.
        """
        if all(hook in self._numbers for hook in hooks):
            return
        await session.fetch(
            "INSERT INTO gateway.hook(name) SELECT DISTINCT unnest($1::text[]) "
            "ON CONFLICT DO NOTHING",
            hooks,
        )
        rows = await session.fetch("SELECT name, number FROM gateway.hook")
        self._numbers = dict(rows)

    async def _fetch(self, statement: str, *values: Any) -> list[Any]:
        with _telling(self._database):
            return await self._session.fetch(statement, *values)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Session]:
        numbers = self._numbers
        try:
            with _telling(self._database):
                async with self._session.transaction():
                    yield self._session
        except BaseException:
            self._numbers = numbers
            raise


@contextmanager
def _telling(database: Database) -> Iterator[None]:
    """What goes wrong with the database, as operators are told it."""
    try:
        yield
    except (Unfit, *EXPECTED) as error:
        raise MoveError(sentence(error, database.address)) from None


def _run(row: Any, attempts: tuple[Attempt, ...]) -> Run:
    hook, invocation, answer, *values = row
    for place in _ID_PLACES:
        values[place] = None if values[place] is None else values[place].bytes
    return Run(values[0], hook, tuple(values), invocation, answer, attempts)


def _attempt(seq: int, one: Attempt) -> tuple[Any, ...]:
    return (
        seq, one.number, _time(one.started), one.outcome, one.duration_ms, one.status_code,
        _text(one.reason),
    )  # fmt: skip


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)


def _text(reason: str) -> str:
    """A text that a database takes: no NUL, and no half of a letter."""
    return reason.encode("utf-8", "replace").decode().replace("\0", "?")
