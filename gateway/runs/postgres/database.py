"""Which database it is, how it is reached, and whether it is one that keeps promises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import asyncpg
import msgspec
import structlog
from asyncpg.connect_utils import SessionAttribute

from gateway.runs.postgres.address import Address
from gateway.runs.postgres.fault import Unfit
from gateway.runs.postgres.session import Session

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

CONNECT = 2.0
"""Seconds until a server that does not answer is asked anew."""
OLDEST = 140_000
Durability = Literal["local", "replicated"]
_ASK = """SELECT current_setting('server_version_num')::int AS version,
    pg_is_in_recovery() AS standby, current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS whole, current_setting('synchronous_commit') AS commits,
    current_setting('synchronous_standby_names') AS standbys,
    current_setting('default_transaction_read_only') AS read_only, pg_backend_pid() AS process"""
_RAISED = frozenset({"off", "local"})
"""Values of synchronous_commit with which a commit returns before it is where it has to be."""
_log = structlog.get_logger("gateway.store")


class Server(msgspec.Struct, frozen=True):
    """What a server says of itself."""

    version: int
    standby: bool
    fsync: str
    whole: str
    commits: str
    standbys: str
    read_only: str
    process: int


class Database:
    """Makes connections. `password` gives the present one, None where there is none."""

    def __init__(
        self,
        address: Address,
        password: Callable[[], str | None],
        durability: Durability = "local",
    ) -> None:
        self.address = address
        self.told = ""
        """The problem with it that the log has already, empty while there is none."""
        self._password = password
        self._durability = durability
        self._pooled: bool | None = None
        self._warned = False

    async def dial(self) -> Session:
        """A connection that is fit for runs. Raises Unfit, and whatever the client does."""
        while True:
            connection = await self._connect()
            try:
                server = await _ask(connection)
                self._check(server)
                # A pooler makes up the number of the process that is told at first.
                pooled = connection.get_server_pid() != server.process
                if pooled == self._pooled or pooled:
                    self._pooled = pooled
                    return await self._session(connection, server, pooled)
            except BaseException:
                connection.terminate()
                raise
            self._pooled = pooled
            await connection.close(timeout=1)

    async def _connect(self) -> Connection:
        address = self.address
        tls: Any = await asyncio.to_thread(address.tls)
        several = len(address.hosts) > 1
        async with asyncio.timeout(CONNECT):
            connection: Connection = await asyncpg.connect(
                host=[host for host, _ in address.hosts],
                port=[port for _, port in address.hosts],
                user=address.user or None,
                database=address.database,
                password=self._password(),
                ssl=tls,
                timeout=CONNECT,
                # Behind a pooler the next statement may reach another server process.
                statement_cache_size=100 if self._pooled is False else 0,
                server_settings={"application_name": "gateway"},
                target_session_attrs=SessionAttribute.read_write if several else None,
            )
        return connection

    async def _session(self, connection: Connection, server: Server, pooled: bool) -> Session:
        raised = server.commits in _RAISED
        session = Session(connection, pooled, raised)
        await session.prepare(raised)
        if not self._warned and not server.standbys:
            self._warned = True
            _log.warning(
                "runs are stored on one server alone: a failover to a standby may lose some",
                database=str(self.address),
            )
        return session

    def _check(self, server: Server) -> None:
        at = self.address
        if server.version < OLDEST:
            raise Unfit(
                f"{at} is PostgreSQL {server.version // 10_000}, and runs need 14 or newer: "
                "upgrade the server"
            )
        if server.standby:
            raise Unfit(f"{at} is a standby, which takes no runs: let --store name the primary")
        if server.read_only == "on":
            raise Unfit(
                f"{at} is read-only by default_transaction_read_only: set that to off for "
                f"{at.user or 'the user'}, or let --store name the primary"
            )
        if server.fsync == "off" or server.whole == "off":
            what = "fsync" if server.fsync == "off" else "full_page_writes"
            raise Unfit(
                f"{at} has {what}=off and may lose everything when its host fails: "
                f"set {what}=on in postgresql.conf"
            )
        if self._durability == "replicated" and not server.standbys:
            raise Unfit(
                f"{at} has no synchronous standby, which --store-durability replicated asks for: "
                "set synchronous_standby_names, or use --store-durability local"
            )


async def _ask(connection: Connection) -> Server:
    """What the server says, in one transaction: a pooler may lend another process for the next."""
    async with connection.transaction():
        row = await connection.fetchrow(_ASK)
    assert row is not None  # noqa: S101 - it reads no table
    return Server(**dict(row))
