"""A primary and two standbys that replicate, the first one synchronously where it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.runs.postgres.databases import connected, run
from tests.support.polling import until
from tests.support.postgres import Server

DATABASE = "runs"
FIRST, SECOND = "standby_1", "standby_2"
_SETTINGS = {
    "wal_keep_size": "512MB",
    "wal_retrieve_retry_interval": "1s",
    "max_connections": "100",
}
_STREAMING = """SELECT count(*) FROM pg_stat_replication WHERE state='streaming'
    AND application_name = ANY($1::text[])"""
_CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE application_name='gateway'"


class Cluster:
    """The servers, and where gateways find them. `host` is the address that they are told."""

    def __init__(self, synchronous: bool = True, host: str = "127.0.0.1") -> None:
        self.host = host
        given: dict[str, Any] = {**_SETTINGS, "listen_addresses": "*"}
        self.primary = Server(**given)
        with (self.primary.data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet scram-sha-256\n")
        self.primary.start()
        asyncio.run(run(self.primary, "postgres", f"CREATE DATABASE {DATABASE}"))
        self.first, self.second = (
            Server(self.primary, **given, cluster_name=name) for name in (FIRST, SECOND)
        )
        self.first.start()
        self.second.start()
        self.replicates(FIRST, SECOND)
        if synchronous:
            self.waits_for(FIRST)

    @property
    def servers(self) -> tuple[Server, Server, Server]:
        """All of them, the primary first."""
        return self.primary, self.first, self.second

    @property
    def url(self) -> str:
        """What gateways are told: all hosts, one of which takes writes."""
        hosts = ",".join(f"{self.host}:{server.port}" for server in self.servers)
        return f"postgres://postgres@{hosts}/{DATABASE}"

    def replicates(self, *names: str) -> None:
        """Return once the primary sends what it commits to these standbys."""
        until(lambda: self.ask(self.primary, _STREAMING, list(names)) == len(names), 30)

    def waits_for(self, name: str) -> None:
        """Have commits of the primary wait for a standby from now on."""
        self.ask(self.primary, f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        self.ask(self.primary, "SELECT pg_reload_conf()")

    def connections(self) -> int:
        """How many processes the primary has for gateways."""
        return int(self.ask(self.primary, _CONNECTED))

    def cut_off(self, standby: Server) -> None:
        """Have a standby receive nothing any more."""
        self.ask(standby, "ALTER SYSTEM SET primary_conninfo = ''")
        self.ask(standby, "SELECT pg_reload_conf()")

    def promote(self, standby: Server) -> None:
        """Have a standby take writes."""
        self.ask(standby, "SELECT pg_promote()")

    def ask(self, server: Server, statement: str, *values: object) -> Any:
        """What a server says."""

        async def asked() -> Any:
            connection = await connected(server, "postgres")
            try:
                return await connection.fetchval(statement, *values)
            finally:
                await connection.close()

        return asyncio.run(asked())

    def close(self) -> None:
        """End them."""
        for server in self.servers:
            server.close()


@contextmanager
def cluster(synchronous: bool = True, host: str = "127.0.0.1") -> Iterator[Cluster]:
    """One for as long as it is needed."""
    made = Cluster(synchronous, host)
    try:
        yield made
    finally:
        made.close()
