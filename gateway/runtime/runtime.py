"""What outlives generations and is lent to them: HTTP client, secrets, hashing, clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.hashing import PasswordHashing
from gateway.runtime.identities import Identities
from gateway.runtime.offloading import Offloading
from gateway.runtime.sealing import keys_or_none, sealing_of
from gateway.runtime.secret import SecretStore
from gateway.runtime.targets import DirectTargets
from gateway.runtime.throttle import Concurrency, Memory, Pace, Throttle
from gateway.runtime.workflow_client import WorkflowClient
from gateway.settings import Settings

if TYPE_CHECKING:
    from gateway.runtime.key_sets import KeySets
    from gateway.runtime.runs import Runs

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
        self.store_keys = sealing_of(self.secrets, settings.store.key)
        """The keys of stored runs; None where nothing is sealed."""
        self.sealing = keys_or_none(self.store_keys)
        self.client = WorkflowClient(settings.limits.workflow_response, settings.ca_file)
        self.identities = Identities(self.secrets, settings.ca_file)
        self.hashing = PasswordHashing()
        self.offloading = Offloading()
        self.body_memory = BodyMemory(settings.body_memory)
        self.throttle = Throttle()
        self.accepted = Memory(ACCEPTED)
        self.targets = DirectTargets(monotonic)
        self.draining = False
        self.runs: Runs | None = None
        """Where the runs of durable hooks are kept, in a worker with a state directory."""
        self._key_sets: KeySets | None = None
        self._making = threading.Lock()
        self._concurrency: WeakValueDictionary[str, Concurrency] = WeakValueDictionary()
        self._paces: WeakValueDictionary[str, Pace] = WeakValueDictionary()

    @property
    def key_sets(self) -> KeySets:
        """Published keys; with them comes cryptography, eleven megabytes, when a hook asks."""
        if self._key_sets is None:
            from gateway.runtime.key_sets import KeySets

            self._key_sets = KeySets(self.client)
        return self._key_sets

    def concurrency(self, hook: str) -> Concurrency:
        """The one gauge of a hook's requests in flight, across generations, for as long as one of
        them or a request has it.
        """
        with self._making:
            return self._concurrency.setdefault(hook, Concurrency())

    def in_flight(self) -> dict[str, int]:
        """How many requests of each hook are on their way, of those that have any."""
        with self._making:  # a generation is built in another thread
            gauges = list(self._concurrency.items())
        return {hook: gauge.in_flight for hook, gauge in gauges if gauge.in_flight}

    def pace(self, hook: str) -> Pace:
        """The one pace of all of a hook's callers, across generations, for as long as one of them
        has it.
        """
        with self._making:
            return self._paces.setdefault(hook, Pace())

    async def close(self) -> None:
        """Close connections and threads; nothing may run after it."""
        if self._key_sets is not None:
            await self._key_sets.close()
        await self.client.close()
        self.hashing.close()
        self.offloading.close()
