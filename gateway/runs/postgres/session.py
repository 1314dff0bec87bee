"""One connection to the database, with transactions that a commit has made durable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

_SETTINGS = {
    # A gateway that stands still keeps no lock for long.
    "idle_in_transaction_session_timeout": "'5s'",
    "lock_timeout": "'1500ms'",
    # A commit that is cancelled while it waits for a standby reports success.
    "statement_timeout": "0",
    "default_transaction_isolation": "'read committed'",
    # What is planned while a table is small is kept when it has grown, until it is analyzed.
    "enable_seqscan": "off",
    # Planning a batch of eight anew takes a fifth of its time.
    "plan_cache_mode": "force_generic_plan",
}
_LOCAL = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; " + "".join(
    f"SET LOCAL {name}={value}; " for name, value in _SETTINGS.items()
)
_DURABLE = "synchronous_commit=on; "


class NotReplicatedError(OSError):
    """A commit ended with a warning: it may not be on the standby that was to have it."""


class Session:
    """Statements and transactions on one connection. Errors of the client pass through.

    `pooled`: several clients share the server's connections, each for a transaction at a time, so
    that nothing of a connection's own outlives one. `raised`: commits return before they are
    durable unless they are told not to.
    """

    def __init__(self, connection: Connection, pooled: bool, raised: bool) -> None:
        self._connection = connection
        self._pooled = pooled
        self._begin = "BEGIN"
        if pooled:
            self._begin = _LOCAL + (f"SET LOCAL {_DURABLE}" if raised else "")
        self._warned = ""
        self._inside = False
        connection.add_log_listener(self._heard)

    async def prepare(self, raised: bool) -> None:
        """Settle how the connection behaves, where it is this process's alone."""
        if not self._pooled:
            settings = "".join(f"SET {name}={value}; " for name, value in _SETTINGS.items())
            await self._connection.execute(settings + (f"SET {_DURABLE}" if raised else ""))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Everything within is durable when this ends, or did not happen where it raises."""
        await self._connection.execute(self._begin)
        self._inside = True
        try:
            yield
            self._warned = ""
            done = await self._connection.execute("COMMIT")
            if self._warned or done != "COMMIT":
                raise NotReplicatedError(self._warned or "the transaction was rolled back")
        except Exception:
            # Who is cancelled lets go of the connection instead.
            with suppress(Exception):
                await self._connection.execute("ROLLBACK", timeout=1)
            raise
        finally:
            self._inside = False

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a statement, which is a transaction of its own outside of one."""
        if self._inside:
            return await self._connection.fetch(statement, *values)
        if self._pooled:
            async with self.transaction():
                return await self._connection.fetch(statement, *values)
        self._warned = ""
        rows = await self._connection.fetch(statement, *values)
        if self._warned:
            raise NotReplicatedError(self._warned)
        return rows

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows to a table of ours, within a transaction."""
        await self._connection.copy_records_to_table(
            table, schema_name="gateway", columns=columns, records=rows
        )

    async def script(self, statements: str) -> None:
        """Several statements without values, within a transaction."""
        await self._connection.execute(statements)

    async def forget_plans(self) -> None:
        """Prepare statements anew: tables have changed."""
        await self._connection.reload_schema_state()

    @property
    def is_closed(self) -> bool:
        """Whether the connection has ended."""
        return self._connection.is_closed()

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something called when the connection ends, whoever ends it."""
        self._connection.add_termination_listener(lambda _connection: call())

    def terminate(self) -> None:
        """Let go of the connection at once. What it was doing may still happen."""
        self._connection.terminate()

    async def close(self) -> None:
        """Leave in peace."""
        await self._connection.close(timeout=1)

    def _heard(self, _connection: object, message: Any) -> None:
        if message.severity_en == "WARNING":
            self._warned = str(message)
