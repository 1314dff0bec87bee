"""Which database it is, how it is reached, and whether it is one that keeps promises."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Literal

import asyncpg
from asyncpg.connect_utils import SessionAttribute

from gateway.runs.postgres.address import Address
from gateway.runs.postgres.race import first
from gateway.runs.postgres.server import Durability, Server, ask, check, check_commits
from gateway.runs.postgres.session import Session

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Tls = ssl.SSLContext | Literal["prefer", False]

CONNECT = 2.0
"""Seconds until a server that does not answer is asked anew."""
NEXT_HOST = 0.3
"""Seconds after which the next of several hosts is asked as well."""


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
        self.refuses = False
        """Whether an operator has to do something about that problem."""
        self.server: Server | None = None
        """What the server said when it was connected to last."""
        self._password = password
        self._durability = durability
        self._hosts = address.hosts
        self._pooled: bool | None = None

    async def dial(self) -> Session:
        """A connection that is fit for runs. Raises Unfit, and whatever the client does."""
        while True:
            connection = await self._connect()
            try:
                async with asyncio.timeout(CONNECT):
                    if (session := await self._fit(connection)) is not None:
                        return session
            except BaseException:
                connection.terminate()
                raise
            await connection.close(timeout=1)

    async def _fit(self, connection: Connection) -> Session | None:
        """A session on it; None where it was made as if there were no pooler, and there is one, or
        the reverse.
        """
        server = await ask(connection)
        check(server, self.address, self._durability)
        await check_commits(connection, server, self.address)
        # A pooler makes up the number of the process that is told at first.
        pooled = connection.get_server_pid() != server.process
        fits = pooled == self._pooled or pooled
        self._pooled = pooled
        return await self._session(connection, server, pooled) if fits else None

    async def _connect(self) -> Connection:
        """To the host that was used last, or else to the first one that takes writes."""
        tls: Tls = await asyncio.to_thread(self.address.tls)
        hosts = self._hosts
        if len(hosts) == 1:
            return await self._reach(tls, hosts[0])
        # One that is gone may not even refuse.
        connection, number = await first(
            [partial(self._reach, tls, host) for host in hosts],
            NEXT_HOST,
            lambda late: late.terminate(),
        )
        self._hosts = (hosts[number], *hosts[:number], *hosts[number + 1 :])
        return connection

    async def _reach(self, tls: Tls, host: tuple[str, int]) -> Connection:
        several = len(self._hosts) > 1
        async with asyncio.timeout(CONNECT):
            connection: Connection = await asyncpg.connect(
                host=host[0],
                port=host[1],
                user=self.address.user or None,
                database=self.address.database,
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
        session = Session(connection, pooled, server.raised)
        await session.prepare(server.raised)
        self.server = server
        return session
