"""A durable hook's answer: its run is stored, then the caller is told of it or of its outcome."""

from __future__ import annotations

from gateway.compile.acknowledgement import Acknowledgement
from gateway.compile.answer import Answer, Headers
from gateway.compile.delivery import Durable
from gateway.compile.exchange import Exchange
from gateway.compile.invocation import StoringInvoker
from gateway.compile.outcome import OMITTED, answer_of, opened
from gateway.compile.payload import Payload
from gateway.compile.prefer import NO_PREFERENCE, Preference, preference_of
from gateway.compile.receipt import Receipt
from gateway.compile.responder import Responder, failed, reported
from gateway.compile.templates.keys import NO_KEYS
from gateway.errors import WorkflowFailure, failure_of, out_of_service
from gateway.ids import uuid7
from gateway.runs.invocation import Invocation, encode
from gateway.runs.run import Accepted, Assignment, Duplicate, NewRun, Record, State
from gateway.runs.sealed import of_request
from gateway.runs.ticket import ticket
from gateway.runs.waiting import Expected, Finished
from gateway.runtime.runs import Runs
from gateway.runtime.runtime import Runtime

VARY = (b"vary", b"prefer")


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
        known = runs.known or await runs.keys()
        exchange.run = payload.run or uuid7()
        # Before the run is stored: who is refused has started nothing.
        said = self._said(exchange)
        new = self._new(exchange, exchange.run, invocation, known.key_key, runs.takes)
        kept = await runs.accept(new)
        receipt = self._receipt(exchange, kept, said, known.ticket_key)
        seconds = preference.seconds(self._durable.wait)
        if seconds > 0 and self._gauge.waiting >= self._most:
            # Who waits keeps others out, and the run is stored.
            preference, seconds = NO_PREFERENCE, 0.0
        expected = _begun(runs, kept, new, invocation, seconds > 0)
        found = await self._outcome(runs, kept, seconds, expected) if seconds > 0 else None
        return self._finished(self._answer(kept, receipt, found), preference)

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

    def _receipt(
        self, exchange: Exchange, kept: Accepted | Duplicate, said: Answer | Headers, secret: bytes
    ) -> Receipt:
        """What tells the caller of the run that is kept, which may be another request's."""
        if kept.run != exchange.run:
            exchange.run = kept.run
            said = self._said(exchange)
        return Receipt(f"{self._outcomes}/{ticket(secret, kept.run)}", exchange, said)

    async def _outcome(
        self, runs: Runs, kept: Accepted | Duplicate, seconds: float, expected: Expected | None
    ) -> Finished | Record | None:
        """Wait for the run's end. Who repeats a request may wait for the run of the first one."""
        if isinstance(kept, Duplicate) and kept.state.final:
            return None
        self._gauge.waiting += 1
        try:
            return await runs.outcome(kept.run, seconds, expected)
        finally:
            self._gauge.waiting -= 1

    def _answer(
        self, kept: Accepted | Duplicate, receipt: Receipt, found: Finished | Record | None
    ) -> Answer:
        record = found if isinstance(found, Record) else None
        if isinstance(kept, Duplicate):
            return receipt.duplicate(kept.state if record is None else record.state, record)
        if isinstance(found, Finished):
            return self._ended(receipt.exchange, found)
        if record is not None and record.state.final:
            return self._stored(receipt, record)
        return receipt.unfinished(State.RUNNING if kept.attempt else State.QUEUED, record)

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

    def _stored(self, receipt: Receipt, record: Record) -> Answer:
        """The answer after an attempt of another process, or of a later one."""
        exchange = receipt.exchange
        exchange.workflow_ms = float(record.duration_ms or 0)
        if record.state is not State.SUCCEEDED:
            failure = failure_of(record.reason, record.status_code)
            return failed(exchange, failure, record.state)
        exchange.outcome = "succeeded"
        if isinstance(receipt.said, Answer):
            return receipt.said
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


def _begun(
    runs: Runs, kept: Accepted | Duplicate, new: NewRun, invocation: Invocation, waits: bool
) -> Expected | None:
    """Start the attempt that the store leaves to this process, if it does."""
    if isinstance(kept, Duplicate) or not kept.attempt:
        return None
    assignment = Assignment(new.id, new.hook, kept.attempt, 0, new.invocation, new.give_up)
    return runs.begin(assignment, invocation, waits)
