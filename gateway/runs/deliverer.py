"""The worker's side of a delivery: an attempt is assigned, made, judged and reported."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from gateway.runs.attempt_memory import AttemptMemory, Memory
from gateway.runs.hook_queue import UNKNOWN
from gateway.runs.judging import Delivery, judged, result_of
from gateway.runs.run import Assignment, Policy, Result
from gateway.runs.schedule import Ended, Schedule
from gateway.runs.store import RunStore, StoreUnavailable
from gateway.runs.waiting import Finished, Waiting

CREDIT = 128
"""Attempts that one worker makes at a time."""
_FULL = 1
"""The same while its memory is full: none beside those in flight, and it is still a worker."""
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
"""Seconds between two tries to report a result."""
_LAST_REPORTS = 2.0
"""Seconds for the results of attempts that are cut short."""
_FAULT = "the gateway failed during the attempt; its log says how"


class Executor(Protocol):
    """A hook of the current generation, as far as it makes attempts."""

    schedule: Schedule
    policy: Policy

    def problem(self) -> str:
        """Why it can make none now, in words; empty where it can."""

    async def deliver(self, assignment: Assignment, prepared: Any) -> Delivery:
        """Make an attempt within the workflow's deadline. `prepared` is what was encoded as the
        invocation, where this process has it still; else None.
        """


Watcher = Callable[[Assignment, Result, bool], None]
"""Is told of each attempt that ended, and whether the store took its result: for log and metrics.
"""


class Deliverer:
    """The attempts of one worker. `executor` finds the hook of the current generation by name,
    `memory` is what the worker has for bodies.
    """

    def __init__(
        self,
        store: RunStore,
        executor: Callable[[str], Executor | None],
        waiting: Waiting,
        watch: Watcher,
        fault: Callable[[Assignment, Exception], None],
        memory: Memory,
    ) -> None:
        self._store = store
        self._executor = executor
        self._waiting = waiting
        self._watch = watch
        self._fault = fault
        self._memory = AttemptMemory(memory)
        self._credit = 0
        self._attempts: set[asyncio.Task[None]] = set()
        self._making: dict[tuple[str, int], asyncio.Task[None]] = {}
        """The attempts that have not ended, and may be cut short."""
        self._taken: set[tuple[str, int]] = set()
        """Those that the store has given up."""
        self._draining = False

    @property
    def takes(self) -> bool:
        """Whether an accepted run may start here."""
        return not self._draining and not self._memory.is_full

    @property
    def in_flight(self) -> int:
        """How many attempts are being made or reported."""
        return len(self._attempts)

    def open(self) -> None:
        """Ask the store for runs."""
        self._credit = CREDIT
        self._ask()

    def begin(self, assignment: Assignment, prepared: Any = None) -> None:
        """Make an attempt that the store says is this process's. Returns at once."""
        task = asyncio.get_running_loop().create_task(self._attempt(assignment, prepared))
        self._attempts.add(task)
        self._making[assignment.run, assignment.attempt] = task
        size = len(assignment.invocation)
        task.add_done_callback(partial(self._ended, size))
        self._memory.take(size)
        self._look()

    def _ended(self, size: int, task: asyncio.Task[None]) -> None:
        self._attempts.discard(task)
        self._memory.give_back(size)
        self._look()

    def _look(self) -> None:
        """Ask for more, or for no more, where that is another thing than before."""
        credit = _FULL if self._memory.is_full else CREDIT
        if credit != self._credit and not self._draining:
            self._credit = credit
            self._ask()

    def _ask(self) -> None:
        self._store.deliver(self.begin, self._stop, self._credit)

    def retire(self) -> None:
        """Take no more, and let nobody wait any longer: the process will end."""
        self._draining = True
        self._waiting.release()
        self._credit = 0
        self._ask()

    async def drain(self, seconds: float) -> None:
        """Take no more; let attempts end for so long, and give the others back uncounted."""
        self.retire()
        try:
            async with asyncio.timeout(seconds):
                with suppress(StoreUnavailable):
                    await self._store.drain()
                if self._attempts:
                    await asyncio.wait(self._attempts)
        except TimeoutError:
            await self._cut_short()

    async def _cut_short(self) -> None:
        for task in self._making.values():
            task.cancel()
        if self._attempts:
            await asyncio.wait(self._attempts, timeout=_LAST_REPORTS)
        for task in self._attempts:
            task.cancel()

    def _stop(self, run: str, attempt: int) -> None:
        """The store has taken the run from this process."""
        if task := self._making.get((run, attempt)):
            self._taken.add((run, attempt))
            task.cancel()

    async def _attempt(self, assignment: Assignment, prepared: Any) -> None:
        name = (assignment.run, assignment.attempt)
        started = time.perf_counter()
        reply = None
        try:
            result, reply = await self._made(assignment, prepared, started)
        except asyncio.CancelledError:
            if not self._goes_back(name):
                raise
            result = result_of(assignment, started, outcome="interrupted")
        except Exception as error:
            self._fault(assignment, error)
            result = result_of(assignment, started, outcome="held", reason=_FAULT)
        finally:
            self._making.pop(name, None)
            self._taken.discard(name)
        kept = await self._report(assignment, result)
        self._waiting.tell(assignment.run, Finished(result, reply) if kept else None)
        self._watch(assignment, result, kept)

    def _goes_back(self, name: tuple[str, int]) -> bool:
        """Whether an attempt that was cut short is to be reported: the store has not taken it."""
        if name in self._taken:
            self._waiting.tell(name[0], None)
            return False
        return self._draining

    async def _made(
        self, assignment: Assignment, prepared: Any, started: float
    ) -> tuple[Result, Any]:
        executor = self._executor(assignment.hook)
        problem = UNKNOWN if executor is None else executor.problem()
        if executor is None or problem:
            return result_of(assignment, started, outcome="held", reason=problem), None
        try:
            delivery = await executor.deliver(assignment, prepared)
        except Exception as error:
            self._fault(assignment, error)
            delivery = Delivery(ended=Ended(asked=False), reason=_FAULT)
        return judged(assignment, executor.schedule, delivery, started), delivery.reply

    async def _report(self, assignment: Assignment, result: Result) -> bool:
        """Until the store has it: without its result the attempt would be made again."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await self._store.report(result)
            except StoreUnavailable:
                pass
            except Exception as error:
                self._fault(assignment, error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
