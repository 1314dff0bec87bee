"""A durable hook as its runs see it: what makes one attempt, and says how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.compile.invocation import StoringInvoker
from gateway.errors import Unavailable, Unsent, WorkflowFailure
from gateway.runs.invocation import Invocation, decode
from gateway.runs.judging import Delivery
from gateway.runs.run import Assignment, Policy
from gateway.runs.schedule import Ended, Schedule
from gateway.runs.sealed import SealedError, UnreadableError, of_answer, of_request
from gateway.runtime.sealing import Sealing
from gateway.wire.client import Reply

_OUT_OF_SERVICE = "the hook went out of service before the attempt"

Keep = Callable[[Reply], bytes | None]
"""What the store keeps of the outputs. Raises WorkflowFailure where they cannot be made."""


class HookExecutor:
    """The attempts of one hook. `problems` says why it can make none, as `Hook.problems` does."""

    def __init__(
        self,
        invoker: StoringInvoker,
        schedule: Schedule,
        policy: Policy,
        problems: Callable[[], list[str]],
        keep: Keep,
        sealing: Sealing,
    ) -> None:
        self.schedule = schedule
        self.policy = policy
        self._invoker = invoker
        self._problems = problems
        self._keep = keep
        self._sealing = sealing

    def problem(self) -> str:
        """Why no attempt can be made now, in words; empty where one can."""
        return "; ".join(self._problems())

    async def deliver(self, assignment: Assignment, prepared: Any) -> Delivery:
        """Make an attempt; `prepared` is the `Invocation`, where it is still here."""
        try:
            stored = self._read(assignment) if prepared is None else prepared
            reply = await self._invoker.send(stored, assignment.run, assignment.attempt)
        except SealedError as error:
            # Another gateway may have the key, or this one later.
            return Delivery(ended=Ended(asked=False), reason=str(error), held=True)
        except UnreadableError as error:
            return Delivery(ended=Ended(asked=False), reason=str(error), final=True)
        except Unavailable:
            return Delivery(ended=Ended(asked=False), reason=_OUT_OF_SERVICE)
        except WorkflowFailure as failure:
            asked = not isinstance(failure, Unsent)
            ended = Ended(failure.status_code, asked=asked, whole=False)
            return Delivery(ended=ended, reason=failure.reason, reply=failure)
        return self._answered(reply, assignment.run)

    def _read(self, assignment: Assignment) -> Invocation:
        return decode(self._sealing.open(assignment.invocation, of_request(assignment.hook)))

    def _answered(self, reply: Reply, run: str) -> Delivery:
        ended = Ended(reply.status, retry_after=reply.headers.get(b"retry-after"))
        if not 200 <= reply.status < 300:
            return Delivery(ended=ended, reason=f"the workflow answered {reply.status}")
        try:
            kept = self._keep(reply)
        except WorkflowFailure as failure:
            return Delivery(ended=ended, reason=failure.reason, final=True, reply=reply)
        if kept:
            kept = self._sealing.seal(kept, of_answer(run))
        return Delivery(ended=ended, answer=kept, reply=reply)
