"""A durable hook's answer: its run is stored, then the caller is told of it or of its outcome."""

from __future__ import annotations

import msgspec

from gateway.compile.acknowledgement import Acknowledgement
from gateway.compile.answer import Answer, Headers
from gateway.compile.delivery import Durable
from gateway.compile.exchange import Exchange
from gateway.compile.invocation import StoringInvoker
from gateway.compile.outcome import (
    OMITTED,
    answer_of,
    ask_again,
    document,
    instant,
    opened,
    status_of,
)
from gateway.compile.payload import Payload
from gateway.compile.prefer import NO_PREFERENCE, Preference, preference_of
from gateway.compile.responder import Responder, failed, reported
from gateway.compile.templates.keys import NO_KEYS
from gateway.errors import WorkflowFailure, failure_of, out_of_service
from gateway.ids import uuid7
from gateway.runs.invocation import Invocation, encode
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Record, State
from gateway.runs.sealed import of_request
from gateway.runs.ticket import ticket
from gateway.runs.waiting import Finished
from gateway.runtime.runs import Runs
from gateway.runtime.runtime import Runtime

VARY = (b"vary", b"prefer")
_SOON = ask_again(None)


class _Document(msgspec.Struct, omit_defaults=True):
    """What a caller is told whose run is stored. `was` is the state of an earlier request's run."""

    status: str
    hook: str
    run: str
    outcome: str
    was: str = ""
    attempts: int = 0
    next_attempt_at: str | None = None


class Acceptance:
    """Stores the runs of one hook. Callers that wait get what `respond` makes of the outcome, the
    others the acknowledgement. At most `most` wait at a time; who comes then is not kept waiting.
    """

    __slots__ = (
        "_about",
        "_acknowledgement",
        "_durable",
        "_gauge",
        "_invoker",
        "_most",
        "_outcomes",
        "_respond",
        "_runtime",
    )

    def __init__(
        self,
        durable: Durable,
        invoker: StoringInvoker,
        respond: Responder,
        acknowledgement: Acknowledgement,
        runtime: Runtime,
        hook: str,
        most: int,
    ) -> None:
        self._durable = durable
        self._invoker = invoker
        self._respond = respond
        self._acknowledgement = acknowledgement
        self._runtime = runtime
        self._about = of_request(hook)
        self._gauge = runtime.concurrency(hook)
        self._most = most
        self._outcomes = runtime.settings.store.outcome_path

    async def __call__(self, exchange: Exchange, payload: Payload) -> Answer:
        """The answer once the run is durable. Raises StoreFull and StoreUnavailable, and then
        nothing is promised, and Unmappable for a request that gives no answer.
        """
        try:
            invocation = self._invoker.prepare(exchange, payload)
        except WorkflowFailure as failure:
            return failed(exchange, failure)
        runs = self._runtime.runs
        if runs is None:
            raise out_of_service()
        preference = preference_of(exchange) if self._durable.prefers else NO_PREFERENCE
        seconds = preference.seconds(self._durable.wait)
        known = runs.known or await runs.keys()
        exchange.run = payload.run or uuid7()
        # Before the run is stored: who is refused has started nothing.
        said = self._said(exchange)
        new = self._new(exchange, exchange.run, invocation, known.key_key, runs.takes)
        kept = await runs.accept(new)
        if kept.run != exchange.run:
            exchange.run = kept.run
            said = self._said(exchange)
        told = _Told(f"{self._outcomes}/{ticket(known.ticket_key, kept.run)}", exchange, said)
        gauge = self._gauge
        if seconds > 0 and gauge.waiting >= self._most:
            # Who waits keeps others out, and the run is stored.
            preference, seconds = NO_PREFERENCE, 0.0
        waits = seconds > 0
        gauge.waiting += waits
        try:
            if isinstance(kept, Duplicate):
                answer = await _duplicate(runs, kept, told, seconds)
            else:
                answer = await self._accepted(runs, kept, new, invocation, told, seconds)
        finally:
            gauge.waiting -= waits
        return self._finished(answer, preference)

    def _said(self, exchange: Exchange) -> Answer | Headers:
        """The hook's own answer, or what it adds to the gateway's. Raises Unmappable."""
        whole = self._acknowledgement.whole(exchange)
        return self._acknowledgement.headers(exchange) if whole is None else whole

    def _new(
        self, exchange: Exchange, run: str, invocation: Invocation, secret: bytes, start: bool
    ) -> NewRun:
        keys = NO_KEYS if exchange.keys is None else exchange.keys.digested(secret)
        return NewRun(
            id=run,
            hook=exchange.hook,
            invocation=self._runtime.sealing.seal(encode(invocation), self._about),
            gate=self._durable.gate,
            give_up=self._durable.policy.give_up,
            key=keys.key,
            key_within=self._durable.within,
            lane=keys.lane,
            start=start,
        )

    async def _accepted(
        self,
        runs: Runs,
        kept: Accepted,
        new: NewRun,
        invocation: Invocation,
        told: _Told,
        seconds: float,
    ) -> Answer:
        expected = None
        if kept.attempt:
            assignment = Assignment(new.id, new.hook, kept.attempt, 0, new.invocation, new.give_up)
            expected = runs.begin(assignment, invocation, seconds > 0)
        found: Finished | Record | None = None
        if seconds > 0:
            found = await runs.outcome(new.id, seconds, expected)
        if isinstance(found, Finished):
            return self._ended(told.exchange, found)
        if isinstance(found, Record) and found.state.final:
            return self._stored(told, found)
        started = State.RUNNING if kept.attempt else State.QUEUED
        return told.unfinished(started, found)

    def _ended(self, exchange: Exchange, found: Finished) -> Answer:
        """The answer after an attempt of this process, as of a direct hook."""
        result, reply = found.result, found.reply
        exchange.workflow_ms = float(result.duration_ms)
        if result.outcome == "succeeded":
            exchange.outcome = "succeeded"
            return self._respond(exchange, reply)
        if not isinstance(reply, WorkflowFailure):
            reply = failure_of(result.reason, result.status_code)
        return failed(exchange, reply, "dead")

    def _stored(self, told: _Told, record: Record) -> Answer:
        """The answer after an attempt of another process, or of a later one."""
        exchange = told.exchange
        exchange.workflow_ms = float(record.duration_ms or 0)
        if record.state is not State.SUCCEEDED:
            failure = failure_of(record.reason, record.status_code)
            return failed(exchange, failure, record.state)
        exchange.outcome = "succeeded"
        if isinstance(told.said, Answer):
            return told.said
        record = opened(record, self._runtime.sealing)
        if record.answer:
            return self._acknowledgement.completed(exchange, answer_of(record.answer))
        omitted = {"outputs_omitted": True} if record.answer == OMITTED else {}
        return reported(exchange, record.status_code, **omitted)

    def _finished(self, answer: Answer, preference: Preference) -> Answer:
        """The answer with what it depends on."""
        if not self._durable.prefers:
            return answer
        headers = (*answer.headers, VARY)
        if preference is not NO_PREFERENCE and (applied := preference.applied):
            headers = (*headers, (b"preference-applied", applied))
        return Answer(answer.status, headers, answer.body, answer.own)


class _Told:
    """What the caller of one request is told of its run. `said` is the hook's own answer, or what
    it adds to the one here.
    """

    def __init__(self, path: str, exchange: Exchange, said: Answer | Headers) -> None:
        self.exchange = exchange
        self.said = said
        self._path = path
        self._location = (b"location", path.encode())

    def unfinished(self, started: State, record: Record | None) -> Answer:
        """The run is stored and goes on; `record` is there where somebody has looked."""
        values = self._values(status_of(started if record is None else record.state))
        if isinstance(self.said, Answer):
            return self._own(self.said)
        again = _SOON
        if record is not None and record.attempts and record.next_attempt is not None:
            values.attempts = record.attempts
            values.next_attempt_at = instant(record.next_attempt)
            again = ask_again(record.next_attempt)
        return document(202, values, (self._location,), (*self.said, again))

    def duplicate(self, was: State, record: Record | None) -> Answer:
        """The run was stored for an earlier request with the same key."""
        values = self._values("duplicate")
        values.was = status_of(was)
        if isinstance(self.said, Answer):
            return self._own(self.said)
        if was.final:
            return document(200, values, (self._location,))
        again = ask_again(None if record is None else record.next_attempt)
        return document(202, values, (self._location, again))

    def _own(self, said: Answer) -> Answer:
        """The hook's own answer, which says as well where the outcome is."""
        if any(name == b"location" for name, _ in said.headers):
            return said
        return msgspec.structs.replace(said, own=(self._location,))

    def _values(self, status: str) -> _Document:
        exchange = self.exchange
        exchange.outcome = status
        return _Document(status, exchange.hook, exchange.run, self._path)


async def _duplicate(runs: Runs, kept: Duplicate, told: _Told, seconds: float) -> Answer:
    """Who repeats a request may wait for the run of the first one."""
    found = None
    if seconds > 0 and not kept.state.final:
        found = await runs.outcome(kept.run, seconds)
    record = found if isinstance(found, Record) else None
    return told.duplicate(kept.state if record is None else record.state, record)
