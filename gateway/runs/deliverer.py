"""The worker's side of a delivery: an attempt is assigned, made, judged and reported."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from gateway.runs.hook_queue import UNKNOWN
from gateway.runs.run import Assignment, Policy, Result
from gateway.runs.schedule import Ended, Schedule, verdict
from gateway.runs.store import RunStore, StoreUnavailable
from gateway.runs.waiting import Finished, Waiting

CREDIT = 128
"""Attempts that one worker makes at a time."""
LONGEST_REASON = 200
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
"""Seconds between two tries to report a result."""
_LAST_REPORTS = 2.0
"""Seconds for the results of attempts that are cut short."""
_FAULT = "the gateway failed during the attempt; its log says how"


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What a hook says of one attempt.

    `reason` is empty for success, and has no word of the workflow's. `final`: another attempt
    cannot help, as the outputs cannot be made of the workflow's answer or as what is stored cannot
    be read. `answer` is what the store keeps of the outputs, `reply` what a caller is given that
    waits in this process.
    """

    ended: Ended
    reason: str = ""
    final: bool = False
    held: bool = False
    answer: bytes | None = None
    reply: Any = None


WAITS = 10.0
"""Seconds for which a run waits that could not be delivered here, but may be elsewhere or later."""


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
    """The attempts of one worker. `executor` finds the hook of the current generation by name."""

    def __init__(
        self,
        store: RunStore,
        executor: Callable[[str], Executor | None],
        waiting: Waiting,
        watch: Watcher,
        fault: Callable[[Assignment, Exception], None],
    ) -> None:
        self._store = store
        self._executor = executor
        self._waiting = waiting
        self._watch = watch
        self._fault = fault
        self._attempts: set[asyncio.Task[None]] = set()
        self._making: dict[tuple[str, int], asyncio.Task[None]] = {}
        """The attempts that have not ended, and may be cut short."""
        self._taken: set[tuple[str, int]] = set()
        """Those that the store has given up."""
        self._draining = False

    @property
    def takes(self) -> bool:
        """Whether an accepted run may start here."""
        return not self._draining

    @property
    def in_flight(self) -> int:
        """How many attempts are being made or reported."""
        return len(self._attempts)

    def open(self) -> None:
        """Ask the store for runs."""
        self._store.deliver(self.begin, self._stop, CREDIT)

    def begin(self, assignment: Assignment, prepared: Any = None) -> None:
        """Make an attempt that the store says is this process's. Returns at once."""
        task = asyncio.get_running_loop().create_task(self._attempt(assignment, prepared))
        self._attempts.add(task)
        self._making[assignment.run, assignment.attempt] = task
        task.add_done_callback(self._attempts.discard)

    def retire(self) -> None:
        """Take no more, and let nobody wait any longer: the process will end."""
        self._draining = True
        self._waiting.release()
        self._store.deliver(self.begin, self._stop, 0)

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
            result = _result(assignment, started, outcome="interrupted")
        except Exception as error:
            self._fault(assignment, error)
            result = _result(assignment, started, outcome="held", reason=_FAULT)
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
            return _result(assignment, started, outcome="held", reason=problem), None
        try:
            delivery = await executor.deliver(assignment, prepared)
        except Exception as error:
            self._fault(assignment, error)
            delivery = Delivery(ended=Ended(asked=False), reason=_FAULT)
        return _judged(assignment, executor.schedule, delivery, started), delivery.reply

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


def _judged(
    assignment: Assignment, schedule: Schedule, delivery: Delivery, started: float
) -> Result:
    ended = delivery.ended
    if delivery.held:
        return _result(assignment, started, outcome="held", delay=WAITS, reason=delivery.reason)
    if delivery.final:
        return _result(
            assignment,
            started,
            outcome="dead",
            status_code=ended.status_code,
            reason=delivery.reason,
        )
    judged = verdict(schedule, assignment.tries, ended, time.time(), random.random())  # noqa: S311
    if judged.outcome == "retry" and _is_given_up(assignment, judged.delay, started):
        judged = msgspec.structs.replace(judged, outcome="dead", delay=0)
    return _result(
        assignment,
        started,
        outcome=judged.outcome,
        delay=judged.delay,
        status_code=ended.status_code,
        reason=delivery.reason,
        answer=delivery.answer,
        blames_target=judged.blames_target,
        pause_target=judged.pause_target,
    )


def _is_given_up(assignment: Assignment, delay: float, started: float) -> bool:
    """Whether the run will be dead before the next attempt. The store judges that, too; here, so
    that neither a waiting caller nor the log is told of an attempt that will not be made.
    """
    return time.perf_counter() - started + delay >= assignment.left


def _result(assignment: Assignment, started: float, *, reason: str = "", **more: Any) -> Result:
    return Result(
        run=assignment.run,
        attempt=assignment.attempt,
        duration_ms=round((time.perf_counter() - started) * 1000),
        reason=reason[:LONGEST_REASON],
        **more,
    )
