"""What outlives generations and is lent to them: HTTP client, secrets, hashing, clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.hashing import PasswordHashing
from gateway.key_sets import KeySets
from gateway.secret import SecretStore
from gateway.settings import Settings
from gateway.throttle import Concurrency, Memory, Pace, Throttle
from gateway.workflow_client import WorkflowClient

ACCEPTED = 16 * 1024
"""How many credentials that were right are remembered, each as a keyed digest."""


class Runtime:
    """The process's long-lived parts. A generation borrows them and owns nothing to close.

    `clock` tells POSIX seconds, `monotonic` seconds that nobody ever sets back. `draining` is
    set when the process was told to stop: it is not ready any more.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.monotonic = monotonic
        self.secrets = SecretStore(settings.secrets)
        self.client = WorkflowClient(settings.limits.workflow_response)
        self.hashing = PasswordHashing()
        self.key_sets = KeySets(self.client)
        self.throttle = Throttle()
        self.accepted = Memory(ACCEPTED)
        self.draining = False
        self._concurrency: dict[str, Concurrency] = {}
        self._paces: dict[str, Pace] = {}

    def concurrency(self, hook: str) -> Concurrency:
        """The one gauge of a hook's requests in flight, across generations."""
        return self._concurrency.setdefault(hook, Concurrency())

    def pace(self, hook: str) -> Pace:
        """The one pace of all of a hook's callers, across generations."""
        return self._paces.setdefault(hook, Pace())

    async def close(self) -> None:
        """Close connections and threads; nothing may run after it."""
        await self.key_sets.close()
        await self.client.close()
        self.hashing.close()
