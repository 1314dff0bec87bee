"""The runs of one worker: where they are kept, who delivers them, and who waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from gateway.runs.deliverer import Deliverer, Executor, Watcher
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Record
from gateway.runs.sqlite.client import COMMIT, SqliteStore
from gateway.runs.sqlite.messages import Welcome
from gateway.runs.sqlite.questions import DOWN
from gateway.runs.store import RETRY_LATER, StoreUnavailable
from gateway.runs.waiting import Expected, Finished, Waiting

GRACE = 0.25
"""Seconds that a store may be late with what it was asked to wait for."""
Fault = Callable[[Assignment, Exception], None]


class Runs:
    """What is lent to durable hooks. There is no store before the first generation that has one.

    `problem` says why no run can be stored until the gateway is started again, in words, and
    `remedy` what to do about it. `watch` is told of each attempt, `fault` of each that ended in a
    mistake of ours.
    """

    def __init__(self, socket: str, watch: Watcher, fault: Fault) -> None:
        self.problem = ""
        self.remedy = "correct the cause, then start the gateway again"
        self._socket = socket
        self._watch = watch
        self._fault = fault
        self._executors: Mapping[str, Executor] = {}
        self._store: SqliteStore | None = None
        self._waiting: Waiting
        self._deliverer: Deliverer
        self._retired = False

    def serving(self, generation: int, executors: Mapping[str, Executor]) -> None:
        """Another generation serves, with these durable hooks. On the event loop."""
        self._executors = executors
        if self._store is None and executors and not self._retired:
            self._store = self._begun(self._socket)
        if self._store is not None:
            self._store.serving(generation)

    def _begun(self, socket: str) -> SqliteStore:
        store = SqliteStore(socket)
        self._waiting = Waiting(store)
        self._deliverer = Deliverer(store, self._executor, self._waiting, self._watch, self._fault)
        self._deliverer.open()
        return store

    def _executor(self, hook: str) -> Executor | None:
        return self._executors.get(hook)

    @property
    def stores(self) -> bool:
        """Whether there is a store, be it that it cannot be reached."""
        return self._store is not None

    @property
    def store(self) -> SqliteStore:
        """The store. Raises StoreUnavailable where there is none."""
        if self._store is None:
            raise StoreUnavailable(DOWN, RETRY_LATER, self.problem or "there is no store yet")
        return self._store

    @property
    def known(self) -> Welcome | None:
        """What seals tickets and digests keys, once the store has told."""
        store = self._store
        return store.welcome.result() if store is not None and store.welcome.done() else None

    async def keys(self) -> Welcome:
        """The same, waited for. Raises StoreUnavailable where nobody tells."""
        welcome = self.store.welcome
        if not welcome.done():
            await asyncio.wait((welcome,), timeout=COMMIT)
            if not welcome.done():
                raise StoreUnavailable(DOWN, RETRY_LATER, "the store does not answer")
        return welcome.result()

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
