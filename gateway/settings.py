"""The process's settings: flags and environment, read once; everything else is in the YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

MIB = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one request and one process may cost. Sizes in bytes, times in seconds."""

    body: int = MIB
    headers: int = 100
    url: int = 8 * 1024
    connections: int = 16_384
    """Open at a time, for each worker; beyond it the longest idle one ends."""
    connections_per_client: int = 4096
    """Of one address that is no trusted proxy."""
    in_flight: int = 512
    in_flight_per_hook: int = 128
    """Of one hook that says nothing else: a slow workflow is not everybody's."""
    in_flight_per_durable_hook: int = 256
    """The same for a durable hook: its requests wait for the store, not for a workflow. Of those
    that wait for an outcome there are no more than of another hook's."""
    in_flight_per_client: int = 256
    unproven: int = 128
    """Bodies that are read at a time for callers whose credentials have not been verified."""
    unproven_per_client: int = 64
    header_timeout: float = 5.0
    idle_timeout: float = 75.0
    """Between two requests of a connection."""
    write_timeout: float = 10.0
    """How long an answer may be read more slowly than a trickle."""
    body_timeout: float = 20.0
    body_rate: int = 1024
    """The least bytes a second that a body must arrive with, once `body_grace` has passed."""
    body_grace: float = 3.0
    discard: int = 8 * MIB
    """What is read and thrown away of a refused body, for at most `discard_timeout`."""
    discard_timeout: float = 2.0
    still: float = 10.0
    """How long a worker's event loop may stand still before the worker is replaced."""
    workflow_response: int = MIB


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """Where the runs of durable hooks are kept, and how many. SQLite needs a state directory."""

    engine: Literal["sqlite", "postgres"] = "sqlite"
    url: str = ""
    """Where the database is, for PostgreSQL; without a password."""
    password: str = ""
    """The name of the secret that holds the password of the database's user."""
    key: str = ""
    """The name of the secret with the keys that seal what is stored; empty: it is not sealed."""
    ca: str = ""
    """A PEM bundle of authorities to trust for the database; empty: those of the system."""
    flags: str = "--store"
    """How the names of the flags begin that belong to the database, for messages."""
    durability: Literal["local", "replicated"] = "local"
    """Whether the database has to have a synchronous standby."""
    gateway: str = ""
    """What the workers of one gateway have in common in the database; made at start."""
    size: int = 4096 * MIB
    """Bytes on disk, for SQLite; accepts stop at four fifths of it."""
    runs: int = 1_000_000
    """Unfinished ones."""
    target_concurrency: int = 64
    """Deliveries in flight to one scheme, host and port."""
    outcome_path: str = "/-/outcome"
    socket: str = ""
    """Where workers find the store's process, whichever has the place of another; made at start."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What `gateway serve` was started with."""

    hooks: Path
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    secrets: Path | None = None
    state: Path | None = None
    ca_file: Path | None = None
    """A PEM bundle of authorities to trust for workflows, in addition to the system's."""
    strict: bool = False
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose word about the caller's address is believed."""
    admin_listen: str = ""
    """HOST:PORT of the operators' listener; empty: their paths are on the callers' listener."""
    admin_token: str = ""
    """The name of the secret that holds the admin token."""
    admin_token_sha256: str = ""
    """The digest, in hex, of the admin token that was made for this start and shown on a terminal.
    Where both are empty, nobody can ask for the status or a reload.
    """
    workflow_base: str = ""
    """Takes the place of scheme and authority in the URL of every workflow: `gateway dev` names its
    echo, `http://127.0.0.1:PORT`. Empty: workflows are called where they are.
    """
    body_memory: int = 256 * MIB
    """Bytes that the bodies which one worker holds may have, as received and decoded."""
    pre_drain: float = 0.0
    drain: float = 20.0
    log_format: str = "auto"
    log_level: str = "info"
    limits: Limits = Limits()
    store: Store = Store()

    @property
    def keeps_runs(self) -> bool:
        """Whether there is a place for the runs of durable hooks."""
        return self.state is not None or self.store.engine != "sqlite"

    @property
    def url(self) -> str:
        """Where the hooks are called from here; an IPv6 address stands in brackets (RFC 3986)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"
