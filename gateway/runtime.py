"""What outlives generations and is lent to them: HTTP client, secrets, hashing, clock."""

from __future__ import annotations

import time
from collections.abc import Callable

from gateway.hashing import PasswordHashing
from gateway.key_sets import KeySets
from gateway.secret import SecretStore
from gateway.settings import Settings
from gateway.throttle import Concurrency, Throttle
from gateway.workflow_client import WorkflowClient


class Runtime:
    """The process's long-lived parts. A generation borrows them and owns nothing to close.

    `draining` is set when the process was told to stop: it is not ready any more.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.settings = settings
        self.clock = clock
        self.secrets = SecretStore(settings.secrets)
        self.client = WorkflowClient(settings.limits.workflow_response)
        self.hashing = PasswordHashing()
        self.key_sets = KeySets(self.client)
        self.throttle = Throttle()
        self.draining = False
        self._concurrency: dict[str, Concurrency] = {}

    def concurrency(self, hook: str) -> Concurrency:
        """The one gauge of a hook's requests in flight, across generations."""
        return self._concurrency.setdefault(hook, Concurrency())

    async def close(self) -> None:
        """Close connections and threads; nothing may run after it."""
        await self.client.close()
        self.hashing.close()
