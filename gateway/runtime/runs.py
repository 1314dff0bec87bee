"""The runs of one worker: where they are kept, who delivers them, and who waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from gateway.runs.attempt_memory import Memory
from gateway.runs.counts import Counts
from gateway.runs.deliverer import Deliverer, Executor, Watcher
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Policies, Record
from gateway.runs.store import DOWN, RETRY_LATER, RunStore, StoreUnavailable
from gateway.runs.waiting import Expected, Finished, Waiting

COMMIT = 2.0
"""Seconds after which nobody waits for the store any more."""
GRACE = 0.25
"""Seconds that a store may be late with what it was asked to wait for."""
Fault = Callable[[Assignment, Exception], None]


class Keys(Protocol):
    """What seals tickets and digests keys, of a store and of everybody who uses it."""

    @property
    def ticket_key(self) -> bytes: ...
    @property
    def key_key(self) -> bytes: ...


class Kept(RunStore, Protocol):
    """A store with what a worker has to know of it."""

    @property
    def keys(self) -> asyncio.Future[Any]:
        """The Keys, as soon as the store has told them."""

    @property
    def problem(self) -> str:
        """Why nothing is promised now, in words; empty where it may be."""

    @property
    def unfit(self) -> str:
        """Why it cannot be used until an operator does something, in words; empty where it can, be
        it that it cannot be reached.
        """

    @property
    def counts(self) -> Counts | None:
        """What it counts of the past; None where the store's process does."""

    def serving(self, policies: Policies) -> None:
        """This process serves another generation, with these durable hooks."""


class Runs:
    """What is lent to durable hooks. There is no store before the first generation that has one,
    when it is opened with `open_store`.

    `told` says why no run can be stored until the gateway is started again, in words. `watch` is
    told of each attempt, `fault` of each that ended in a mistake of ours. `memory` is what this
    process has for bodies.
    """

    def __init__(
        self, open_store: Callable[[], Kept], watch: Watcher, fault: Fault, memory: Memory
    ) -> None:
        self.told = ""
        self._open_store = open_store
        self._watch = watch
        self._fault = fault
        self._memory = memory
        self._executors: Mapping[str, Executor] = {}
        self._store: Kept | None = None
        self._waiting: Waiting
        self._deliverer: Deliverer
        self._retired = False

    def serving(self, generation: int, executors: Mapping[str, Executor]) -> Policies:
        """Another generation serves, with these hooks; their policies. On the event loop."""
        self._executors = executors
        if self._store is None and executors and not self._retired:
            self._store = self._begun()
        policies = {name: executor.policy for name, executor in executors.items()}
        found = Policies(generation, policies)
        if self._store is not None:
            self._store.serving(found)
        return found

    def _begun(self) -> Kept:
        store = self._open_store()
        self._waiting = Waiting(store)
        self._deliverer = Deliverer(
            store, self._executor, self._waiting, self._watch, self._fault, self._memory
        )
        self._deliverer.open()
        return store

    def _executor(self, hook: str) -> Executor | None:
        return self._executors.get(hook)

    @property
    def problem(self) -> str:
        """Why no run can be stored before somebody does something about it, in words."""
        return self.told or (self._store.unfit if self._store is not None else "")

    @property
    def store_problem(self) -> str:
        """Why this process can store no run now, in words; empty where it may, and where it has no
        store, not any more.
        """
        return "" if self._store is None or self._retired else self._store.problem

    @property
    def remedy(self) -> str:
        """What to do about it, where the problem does not say it."""
        return "correct the cause, then start the gateway again" if self.told else ""

    @property
    def stores(self) -> bool:
        """Whether there is a store, be it that it cannot be reached."""
        return self._store is not None

    @property
    def store(self) -> Kept:
        """The store. Raises StoreUnavailable where there is none."""
        if self._store is None:
            raise StoreUnavailable(DOWN, RETRY_LATER, self.problem or "there is no store yet")
        return self._store

    @property
    def known(self) -> Keys | None:
        """What seals tickets and digests keys, once the store has told."""
        store = self._store
        found: Keys | None = None
        if store is not None and store.keys.done():
            found = store.keys.result()
        return found

    async def keys(self) -> Keys:
        """The same, waited for. Raises StoreUnavailable where nobody tells."""
        keys = self.store.keys
        if not keys.done():
            await asyncio.wait((keys,), timeout=COMMIT)
            if not keys.done():
                raise StoreUnavailable(DOWN, RETRY_LATER, "the store does not answer")
        found: Keys = keys.result()
        return found

    @property
    def takes(self) -> bool:
        """Whether an accepted run may start in this process."""
        return self._store is not None and self._deliverer.takes

    def accept(self, new: NewRun) -> Awaitable[Accepted | Duplicate]:
        """Keep a run. Raises StoreFull and StoreUnavailable, at once or later."""
        return self.store.accept(new)

    def begin(self, assignment: Assignment, prepared: object, expects: bool) -> Expected | None:
        """Make an attempt that the store says is this process's; its end where it `expects` one."""
        expected = self._waiting.expect(assignment.run) if expects else None
        self._deliverer.begin(assignment, prepared)
        return expected

    async def outcome(
        self, run: str, seconds: float, expected: Expected | None = None
    ) -> Finished | Record | None:
        """What became of a run within so many seconds; see `Waiting.outcome`. None as well where
        the store does not say: the run is kept all the same.
        """
        try:
            async with asyncio.timeout(seconds + GRACE):
                return await self._waiting.outcome(run, seconds, expected)
        except (TimeoutError, StoreUnavailable):
            return None

    def retire(self) -> None:
        """Start nothing more here, and let nobody wait any longer: the process will end."""
        self._retired = True
        if self._store is not None:
            self._deliverer.retire()

    async def close(self, seconds: float) -> None:
        """Let attempts end for so long, give the others back, and leave the store."""
        self.retire()
        if self._store is not None:
            await self._deliverer.drain(seconds)
            await self._store.close()
