"""The store as operators reach it, from whichever process answers them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from gateway.errors import KeepsNoRuns
from gateway.runs.store import RETRY_LATER, StoreUnavailable
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.runs.sqlite.client import SqliteStore

PATIENCE = 1.0
"""Seconds that a connection may take to come about, or to come back."""
_STEP = 0.02


class StoreAccess:
    """Connects when somebody asks, and is assigned no runs.

    `problem` says why no run can be stored, in words, empty where nothing is known of it.
    """

    def __init__(self, settings: Settings, problem: Callable[[], str]) -> None:
        self.kept = settings.state is not None
        """Whether the gateway has a place for runs."""
        self._path = settings.store.socket
        self._problem = problem
        self._client: SqliteStore | None = None

    @property
    def problem(self) -> str:
        """Why runs cannot be stored now; empty where there is no store that could have one."""
        if not self.kept:
            return ""
        return self._problem() or ("" if self._client is None else self._client.problem)

    @property
    def begun(self) -> bool:
        """Whether there is a store, or was one: the first hook that needs it has it started."""
        return self.kept and os.path.exists(self._path)

    async def store(self) -> SqliteStore:
        """The store. Raises KeepsNoRuns where the gateway keeps no runs, and StoreUnavailable."""
        if not self.kept:
            raise KeepsNoRuns("The gateway keeps no runs: it was started without --state.")
        if self._client is None and self.begun:
            # Imported when somebody asks: most gateways have no store.
            from gateway.runs.sqlite.client import SqliteStore

            self._client = SqliteStore(self._path)
        if self._client is None or not await _is_there(self._client):
            why = self.problem or ("it does not answer" if self.begun else "no hook is durable")
            raise StoreUnavailable(f"The store is not available: {why}.", RETRY_LATER)
        return self._client


async def _is_there(client: SqliteStore) -> bool:
    for _ in range(round(PATIENCE / _STEP)):
        if client.is_connected:
            return True
        await asyncio.sleep(_STEP)
    return client.is_connected
