"""What is accepted in this process, from the question to the commit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from gateway.runs.postgres.accepting import Asked, keep, reserve, settle
from gateway.runs.postgres.batches import Batches
from gateway.runs.postgres.link import Link, unavailable
from gateway.runs.postgres.local_state import LocalState
from gateway.runs.postgres.session import Session
from gateway.runs.quota import Quota
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun
from gateway.runs.store import DOWN, RETRY_SOON, StoreFull, StoreUnavailable

COMMIT = 2.0
"""Seconds after which nobody is promised a run that is not committed."""
ACCEPTS = 256
"""Runs that wait for the database at a time; one that stalls must leave room for direct hooks."""
BYTES = 32 * 1024 * 1024
"""What the invocations of those runs may have together, where there is more than one."""
_FULL = {
    "runs": "Too many requests wait to be delivered. Send it again later.",
    "limit": "Too many requests of this hook wait to be delivered. Send it again later.",
}
Answer = Accepted | Duplicate


class Acceptor:
    """Keeps runs, in batches on some connections. `runs` is how many may be unfinished in all.

    `start` is called for a run that began here after who asked for it had left, and `done` after
    each batch.
    """

    def __init__(
        self,
        local: LocalState,
        links: Sequence[Link],
        runs: int,
        start: Callable[[Assignment], None],
        done: Callable[[], None],
    ) -> None:
        self._local = local
        self._links = links
        self._room = Quota(runs)
        self._start = start
        self._done = done
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        self._bytes = 0
        self.batches: Batches[Asked, Answer | None] = Batches(
            links,
            self._write,
            lambda asked: len(asked.new.invocation),
            self._abandoned,
            lambda _asked: None,
        )

    @property
    def problem(self) -> str:
        """Why there is no connection, in words; empty where there is one."""
        if any(link.is_open for link in self._links):
            return ""
        return next((link.problem for link in self._links if link.problem), "")

    async def accept(self, new: NewRun) -> Answer:
        """Keep a run. Raises StoreFull, and StoreUnavailable after COMMIT seconds."""
        if all(self._loop.time() - link.lost_at > COMMIT for link in self._links):
            # Callers that wait in vain would keep others out.
            problem = next((link.problem for link in self._links if link.problem), "")
            raise unavailable(problem or "there is no connection to the store")
        asked = Asked(new)
        answer = await self._answer(asked)
        if answer is None:
            self._local.counts.refused[asked.full] += 1
            raise StoreFull(_FULL[asked.full], RETRY_SOON)
        return answer

    async def _answer(self, asked: Asked) -> Answer | None:
        """What the database says, where there is room to wait for it."""
        size = len(asked.new.invocation)
        if self._waiting >= ACCEPTS:
            raise _busy(f"{ACCEPTS} requests wait for the store")
        if self._bytes and self._bytes + size > BYTES:
            raise _busy(f"requests of {self._bytes} bytes wait for the store")
        self._waiting, self._bytes = self._waiting + 1, self._bytes + size
        try:
            return await self.batches.ask(asked, COMMIT)
        finally:
            self._waiting, self._bytes = self._waiting - 1, self._bytes - size

    async def _write(self, session: Session, batch: Sequence[Asked]) -> list[Answer | None]:
        local = self._local
        for asked in batch:
            asked.full = self._refusal(asked.new.hook)
            reserve(local, asked)
        answers: dict[str, Answer] = {}
        begun = time.perf_counter()
        try:
            answers = await keep(session, local, batch)
        finally:
            for asked in batch:
                settle(local, asked, answers.get(asked.new.id))
        local.commits.add(time.perf_counter() - begun)
        local.counts.batch_size.add(len(batch))
        self._done()
        return [answers.get(asked.new.id) for asked in batch]

    def _refusal(self, hook: str) -> str:
        """Why there is no room for another run of a hook; empty where there is."""
        if self._room.refuses(self._local.unfinished):
            return "runs"
        queue = self._local.dispatcher.agenda.queue(hook)
        return "limit" if queue.quota.refuses(queue.unfinished) else ""

    def _abandoned(self, asked: Asked, answer: Answer | None) -> None:
        """Who asked for the run is gone, but it is running here by what is stored."""
        new = asked.new
        if isinstance(answer, Accepted) and answer.attempt:
            self._start(Assignment(new.id, new.hook, answer.attempt, 0, new.invocation))


def _busy(why: str) -> StoreUnavailable:
    return StoreUnavailable(DOWN, RETRY_SOON, why)
