"""Hooks that make attempts as a test says, and a worker that delivers with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from gateway.ids import uuid7
from gateway.runs.deliverer import Deliverer
from gateway.runs.judging import Delivery
from gateway.runs.memory.store import MemoryStore
from gateway.runs.run import Accepted, Assignment, NewRun, Policies, Policy, Record, Result
from gateway.runs.schedule import Ended, Schedule
from gateway.runs.store import RunStore
from gateway.runs.waiting import Expected, Waiting
from gateway.runtime.body_memory import BodyMemory

POLICY = Policy(target="http://workflows:80", after=(0.01, 0.01), give_up=60)
Script = Callable[[Assignment], Awaitable[Delivery]]


def answered(code: int, **more: Any) -> Delivery:
    """What a hook says of a workflow that answered."""
    reason = "" if code < 300 else f"the workflow answered {code}"
    return Delivery(ended=Ended(code), reason=reason, **more)


class ScriptedExecutor:
    """A hook whose attempts a test writes, one after the other; the last one is repeated."""

    def __init__(self, *scripts: Script | Delivery, wrong: str = "") -> None:
        self.schedule = Schedule(POLICY.after)
        self.policy = POLICY
        self.wrong = wrong
        self.made: list[tuple[Assignment, Any]] = []
        self._scripts = list(scripts)

    def problem(self) -> str:
        return self.wrong

    async def deliver(self, assignment: Assignment, prepared: Any) -> Delivery:
        self.made.append((assignment, prepared))
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        return script if isinstance(script, Delivery) else await script(assignment)


class Delivering:
    """A worker with one hook, `orders`."""

    def __init__(
        self, store: RunStore, executors: dict[str, ScriptedExecutor], memory: BodyMemory
    ) -> None:
        self.store = store
        self.executors = executors
        self.results: list[Result] = []
        self.faults: list[Exception] = []
        self.waiting = Waiting(store)
        self.memory = memory
        self.deliverer = Deliverer(
            store,
            executors.get,
            self.waiting,
            lambda _assignment, result, _kept: self.results.append(result),
            lambda _assignment, error: self.faults.append(error),
            self.memory,
        )
        self.deliverer.open()

    async def accept(self, give_up: float = 60, **more: Any) -> tuple[str, Expected | None]:
        """Accept a run, and begin it where the store says so; its id, and its end to wait for."""
        new = NewRun(
            id=uuid7(),
            hook="orders",
            invocation=b"data",
            gate=b"32 bytes",
            give_up=give_up,
            start=self.deliverer.takes,
            **more,
        )
        answer = await self.store.accept(new)
        assert isinstance(answer, Accepted)
        expected = None
        if answer.attempt:
            expected = self.waiting.expect(new.id)
            assignment = Assignment(
                new.id, new.hook, answer.attempt, 0, new.invocation, new.give_up
            )
            self.deliverer.begin(assignment, "prepared")
        return answer.run, expected

    async def ended(self, attempts: int) -> None:
        """Return when so many attempts have ended."""
        async with asyncio.timeout(20):
            while len(self.results) < attempts:  # noqa: ASYNC110 - nothing tells of it but this
                await asyncio.sleep(0.01)

    async def final(self, run: str) -> Record:
        """The run once it is final."""
        async with asyncio.timeout(20):
            while True:
                record = await self.store.wait(run, 1)
                assert record is not None
                if record.state.final:
                    return record
                await asyncio.sleep(0.01)


@asynccontextmanager
async def delivering(
    *scripts: Script | Delivery, policy: Policy = POLICY, memory: int = 1 << 20
) -> AsyncIterator[Delivering]:
    """A memory store and a worker with so many bytes for bodies."""
    shared = MemoryStore()
    shared.follow(Policies(1, {"orders": policy}))
    executors = {"orders": ScriptedExecutor(*scripts)}
    yield Delivering(shared.session(), executors, BodyMemory(memory))
    shared.close()
