"""What a server says of itself, and whether it keeps promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from gateway.runs.postgres.address import Address
from gateway.runs.postgres.fault import StalledError, Unfit

if TYPE_CHECKING:
    import asyncpg

    Connection = asyncpg.Connection[asyncpg.Record]

OLDEST = 140_000
STALLS = 2.0
"""Seconds after which a commit that waits for a standby or a disk is not waited for any more."""
Durability = Literal["local", "replicated"]
# A process of the server that waits so is there until its wait ends, even if the client is gone.
_ASK = f"""SELECT current_setting('server_version_num')::int AS version,
    pg_is_in_recovery() AS standby, current_setting('fsync') AS fsync,
    current_setting('full_page_writes') AS whole, current_setting('synchronous_commit') AS commits,
    current_setting('synchronous_standby_names') AS standbys,
    current_setting('default_transaction_read_only') AS read_only, pg_backend_pid() AS process,
    coalesce((SELECT lower(wait_event) FROM pg_stat_activity
        WHERE datname=current_database() AND usename=current_user
        AND lower(wait_event) IN ('syncrep', 'walsync', 'walwrite')
        AND query_start < clock_timestamp() - interval '{STALLS} s' LIMIT 1), '') AS stalled"""
_RAISED = frozenset({"off", "local"})
"""Values of synchronous_commit with which a commit returns before it is where it has to be."""

_DISK = "commits wait for the disk of its write-ahead log"
_WAITS = {
    "syncrep": "commits wait for a synchronous standby that does not answer: start the standby, or "
    "take it out of synchronous_standby_names"
}


class Server(msgspec.Struct, frozen=True):
    """What a server says of itself. `stalled` is what a commit waits for that takes too long."""

    version: int
    standby: bool
    fsync: str
    whole: str
    commits: str
    standbys: str
    read_only: str
    process: int
    stalled: str

    @property
    def release(self) -> str:
        """The version as people write it."""
        return f"{self.version // 10_000}.{self.version % 10_000}"

    @property
    def raised(self) -> bool:
        """Whether commits return before they are durable unless they are told not to."""
        return self.commits in _RAISED


async def ask(connection: Connection) -> Server:
    """What the server says, in one transaction: a pooler may lend another process for the next."""
    async with connection.transaction():
        row = await connection.fetchrow(_ASK)
    assert row is not None  # noqa: S101 - it reads no table
    return Server(**dict(row))


def check(server: Server, at: Address, durability: Durability) -> None:
    """Raise Unfit where the server cannot keep promises."""
    if server.version < OLDEST:
        raise Unfit(
            f"{at} is PostgreSQL {server.version // 10_000}, and runs need 14 or newer: "
            "upgrade the server"
        )
    if server.standby:
        raise Unfit(f"{at} is a standby, which takes no runs: let the URL name the primary")
    if server.read_only == "on":
        raise Unfit(
            f"{at} is read-only by default_transaction_read_only: set that to off for "
            f"{at.user or 'the user'}, or let the URL name the primary"
        )
    if server.fsync == "off" or server.whole == "off":
        what = "fsync" if server.fsync == "off" else "full_page_writes"
        raise Unfit(
            f"{at} has {what}=off and may lose everything when its host fails: "
            f"set {what}=on in postgresql.conf"
        )
    if durability == "replicated" and not server.standbys:
        raise Unfit(
            f"{at} has no synchronous standby, which --store-durability replicated asks for: "
            "set synchronous_standby_names, or use --store-durability local"
        )


async def check_commits(connection: Connection, server: Server, at: Address) -> None:
    """Raise StalledError while commits take too long: each would hold another process."""
    if server.stalled:
        # A standby that takes the place of one that is gone answers once it is sent something.
        async with connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit=off")
            await connection.execute("SELECT pg_current_xact_id()")
        raise StalledError(f"{at} is there, but {_WAITS.get(server.stalled, _DISK)}")
