"""One run as the memory store keeps it, and what is told of it."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.runs.endings import Move, Standing
from gateway.runs.run import Attempt, Outcome, Record, State
from gateway.runs.selection import Detail, Query, Selection

_ATTEMPTS = 20


class Row(msgspec.Struct, kw_only=True, eq=False):
    """All that is known of a run. `owner` is the session that runs it, 0 otherwise."""

    seq: int
    id: str
    hook: str
    invocation: bytes
    gate: bytes
    accepted: float
    give_up: float
    key: bytes | None = None
    lane: bytes | None = None
    state: State = State.WAITING
    again: bool = False
    due: float | None = None
    owner: int = 0
    attempts: int = 0
    tries: int = 0
    interrupted: int = 0
    finished: float | None = None
    expires: float | None = None
    status_code: int | None = None
    duration_ms: int | None = None
    reason: str = ""
    answer: bytes | None = None
    replay_of: str | None = None
    log: list[Attempt] = []

    @property
    def standing(self) -> Standing:
        """What of it decides where it goes."""
        return Standing(
            state=self.state,
            again=self.again,
            tries=self.tries,
            interrupted=self.interrupted,
            give_up=self.give_up,
        )

    def take(self, move: Move) -> None:
        """Be where the move says."""
        self.state, self.again, self.due, self.owner = move.state, move.again, move.due, 0
        self.tries, self.interrupted, self.give_up = move.tries, move.interrupted, move.give_up
        self.finished, self.expires = move.finished, move.expires
        if move.reason is not None:
            self.reason = move.reason

    def begin(self, owner: int, now: float) -> None:
        """An attempt starts."""
        self.state, self.owner, self.due = State.RUNNING, owner, None
        self.attempts += 1
        self.log = [*self.log, Attempt(number=self.attempts, started=now)][-_ATTEMPTS:]

    def end(
        self,
        outcome: Outcome | Literal["cancelled"],
        reason: str,
        status_code: int | None = None,
        duration_ms: int | None = None,
    ) -> None:
        """The attempt that is in flight ends."""
        self.status_code, self.duration_ms, self.reason = status_code, duration_ms, reason
        self.log[-1] = msgspec.structs.replace(
            self.log[-1],
            outcome=outcome,
            reason=reason,
            status_code=status_code,
            duration_ms=duration_ms,
        )

    def record(self, held: str) -> Record:
        """The run as callers see it; `held` is why its hook's runs are not claimed."""
        return Record(
            run=self.id,
            hook=self.hook,
            state=self.state,
            attempts=self.attempts,
            accepted=self.accepted,
            next_attempt=self.due,
            finished=self.finished,
            status_code=self.status_code,
            duration_ms=self.duration_ms,
            reason=self.reason,
            answer=self.answer,
            replay_of=self.replay_of,
            held=held if self.state is State.QUEUED else "",
        )

    def detail(self, held: str) -> Detail:
        """The run as operators see it."""
        return Detail(
            record=self.record(held),
            gate=self.gate,
            size=len(self.invocation),
            tries=self.tries,
            interrupted=self.interrupted,
            give_up=self.give_up,
            expires=self.expires,
            ordered=self.lane is not None,
            deduplicated=self.key is not None,
            attempts=tuple(self.log),
        )

    def answers(self, query: Query | Selection) -> bool:
        """Whether hook, state and time are those that are asked for."""
        return (
            query.hook in ("", self.hook)
            and query.state in (None, self.state)
            and (query.since is None or self.accepted >= query.since)
            and (query.until is None or self.accepted < query.until)
        )
