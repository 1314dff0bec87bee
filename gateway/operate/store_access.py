"""The store as operators reach it, from whichever process answers them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from gateway.errors import KeepsNoRuns
from gateway.runs.counts import Counts
from gateway.runs.run import Policies
from gateway.runs.store import RETRY_LATER, RunStore, StoreUnavailable
from gateway.settings import Settings

PATIENCE = 1.0
"""Seconds that a connection may take to come about, or to come back."""
_STEP = 0.02


class Reached(RunStore, Protocol):
    """A store with what its operators have to know of it."""

    @property
    def is_connected(self) -> bool:
        """Whether the store is there."""

    @property
    def problem(self) -> str:
        """Why nothing is promised now, in words; empty where it may be."""

    def serving(self, policies: Policies) -> None:
        """The gateway has these durable hooks now."""

    async def backup(self, path: Path) -> int:
        """Copy the store to a file that is not there yet; its size in bytes."""


class StoreAccess:
    """Connects when somebody asks, and is assigned no runs.

    `problem` says why no run can be stored, in words, empty where nothing is known of it. `counts`
    are those of the store of this process whose counts are in the metrics, None where it has none.
    """

    def __init__(
        self,
        settings: Settings,
        problem: Callable[[], str],
        counts: Callable[[], Counts | None] = lambda: None,
    ) -> None:
        self.kept = settings.keeps_runs
        """Whether the gateway has a place for runs."""
        self.policies = Policies(0, {})
        """What the present durable hooks say of their runs."""
        self._settings = settings
        self._path = settings.store.socket
        self._shared = settings.store.engine != "sqlite"
        self._problem = problem
        self._counts = counts
        self._client: Reached | None = None
        self._told = self.policies

    @property
    def problem(self) -> str:
        """Why runs cannot be stored now; empty where there is no store that could have one."""
        if not self.kept:
            return ""
        if self._shared and self._client is None and self.policies.hooks:
            # A database is nobody's child: whether it is there is known from a connection.
            with suppress(RuntimeError):
                self._client = self._opened()
        return self._problem() or ("" if self._client is None else self._client.problem)

    @property
    def begun(self) -> bool:
        """Whether there is a store, or was one: the first hook that needs it has it started."""
        return self.kept and (self._shared or os.path.exists(self._path))

    async def store(self) -> Reached:
        """The store. Raises KeepsNoRuns where the gateway keeps no runs, and StoreUnavailable."""
        if not self.kept:
            raise KeepsNoRuns("The gateway keeps no runs: it was started without --state.")
        if self._client is None and self.begun:
            self._client = self._opened()
        if self._client is None or not await _is_there(self._client):
            why = self._problem() or (self._why() if self.begun else "no hook is durable")
            raise StoreUnavailable(f"The store is not available: {why}.", RETRY_LATER)
        if self._told is not self.policies:
            self._told = self.policies
            self._client.serving(self._told)
        return self._client

    async def close(self) -> None:
        """Leave the store."""
        if self._client is not None:
            await self._client.close()

    def _why(self) -> str:
        return (self._client.problem if self._client else "") or "it does not answer"

    def _opened(self) -> Reached:
        # Imported when somebody asks: most gateways have no store. Raises RuntimeError where no
        # event loop runs.
        asyncio.get_running_loop()
        if self._shared:
            from gateway.runtime.stores import postgres_store

            return postgres_store(self._settings, observes=True, counts=self._counts())
        from gateway.runs.sqlite.client import SqliteStore

        return SqliteStore(self._path)


async def _is_there(client: Reached) -> bool:
    for _ in range(round(PATIENCE / _STEP)):
        if client.is_connected:
            return True
        await asyncio.sleep(_STEP)
    return client.is_connected
