"""The database of a gateway, as its settings say."""

from __future__ import annotations

from pathlib import Path

from gateway.runs.counts import Counts
from gateway.runs.postgres.address import parse
from gateway.runs.postgres.database import Database
from gateway.runs.postgres.fault import Unfit
from gateway.runs.postgres.store import PostgresStore
from gateway.runtime.sealing import SecretKeys
from gateway.runtime.secret import SecretStore
from gateway.settings import Settings


class Password:
    """The password of the database's user, as the secret is whenever a connection is made."""

    def __init__(self, directory: Path | None, name: str) -> None:
        self._secrets = SecretStore(directory)
        self._cell = self._secrets.cell("secret", name)

    def __call__(self) -> str:
        """Raises Unfit where the secret has no value."""
        self._secrets.refresh()
        if self._cell.secret is None:
            raise Unfit(f"{self._cell.problem}: {self._cell.remedy}")
        return self._cell.secret.reveal().decode("utf-8", "surrogateescape")


def database_of(settings: Settings) -> Database:
    """The database, with the password as its secret is now."""
    store = settings.store
    password = Password(settings.secrets, store.password) if store.password else _none
    return Database(parse(store.url, store.ca, store.flags), password, store.durability)


def postgres_store(
    settings: Settings,
    *,
    observes: bool,
    keys: SecretKeys | None = None,
    counts: Counts | None = None,
) -> PostgresStore:
    """The store for the event loop that runs. One that `observes` is for operators alone, needs no
    `keys`, and counts in the `counts` of the store that works in its process, if there is one.
    """
    store = settings.store
    return PostgresStore(
        database_of(settings),
        runs=store.runs,
        targets=store.target_concurrency,
        gateway=store.gateway,
        observes=observes,
        counts=counts,
        known=lambda: None if keys is None else keys.known,
    )


def _none() -> None:
    """Nobody is asked for a password."""
