"""A hook as it runs: its guards, its rules, its workflow, its answer."""

from __future__ import annotations

import time
from functools import partial
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from gateway.compile.addresses import address_check
from gateway.compile.answer import Answer
from gateway.compile.body import Received, decode_query
from gateway.compile.check import Check, Guard, guard_of
from gateway.compile.exchange import Exchange, milliseconds
from gateway.compile.guards import compile_guards
from gateway.compile.handshakes.asking import Asking, asking_check, unless_answered
from gateway.compile.invoker import Invoker
from gateway.compile.large import LargeBodies
from gateway.compile.limits import client_limits, shared_limits
from gateway.compile.matcher import Mismatch, Places, compile_match
from gateway.compile.misread import misread_form
from gateway.compile.needs import Need
from gateway.compile.payload import WITH_BODY, Payload, PayloadEncoder
from gateway.compile.responder import compile_response, failed, ignored, probed
from gateway.errors import NoMatch, Unavailable, WorkflowFailure
from gateway.ids import uuid7
from gateway.language.spec import Hook as Spec
from gateway.language.spec import Workflow
from gateway.language.spec.handshake import long_form
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime

RETRY_LATER = ((b"retry-after", b"30"),)


class Hook:
    """One compiled hook. It borrows from the runtime and owns nothing that must be closed."""

    __slots__ = (
        "_asking",
        "_encoder",
        "_ignores",
        "_invoke",
        "_large",
        "_matcher",
        "_needs",
        "_respond",
        "guards",
        "methods",
        "name",
        "route",
    )

    def __init__(self, spec: Spec, runtime: Runtime, places: Places | None = None) -> None:
        workflow = _workflow(spec, runtime.settings.workflow_base)
        self.name = spec.name
        self.route = spec.route
        self.methods = spec.methods
        self._matcher = compile_match(spec.match, places or {})
        self._ignores = spec.match is not UNSET and spec.match.otherwise == "ignore"
        self._encoder = PayloadEncoder(
            workflow, self._matcher.needs_body, self._matcher.compares_numbers
        )
        self._invoke = Invoker(workflow, runtime)
        self._respond = compile_response(spec.response)
        self._large = LargeBodies(runtime)
        self._asking = None
        if spec.handshake is not UNSET:
            self._asking = Asking(spec, long_form(spec.handshake), runtime)
        self.guards = self._guard(spec, runtime)

    def _guard(self, spec: Spec, runtime: Runtime) -> tuple[Guard, ...]:
        """One guard, whose checks are in this order: service, address, limits of this client,
        handshake, credentials, limits of all callers.
        """
        guarding = compile_guards(spec, runtime)
        handshake: tuple[Need, ...] = () if self._asking is None else self._asking.needs
        self._needs: tuple[Need, ...] = (*guarding.needs, *handshake, *self._invoke.needs)
        proves = bool(guarding.checks)
        entering = (*guarding.checks, shared_limits(spec.name, spec.limits, proves, runtime))
        checks: list[Check] = []
        if self._needs:
            checks.append(_in_service(self._needs))
        if spec.allow_from is not UNSET:
            checks.append(address_check(spec.allow_from))
        checks.append(client_limits(spec.name, spec.limits, runtime))
        if self._asking is not None and not self._asking.signed:
            checks.append(asking_check(self._asking))
            entering = tuple(map(unless_answered, entering))
        return (guard_of((*checks, *entering)),)

    def problems(self) -> list[str]:
        """Why the hook is out of service, in words; empty while it serves."""
        return list(dict.fromkeys(need.problem for need in self._needs if need.problem))

    def remedies(self) -> list[str]:
        """What to do about the problems, as far as they do not say it."""
        found = (need.remedy for need in self._needs if need.problem)
        return list(dict.fromkeys(filter(None, found)))

    async def activate(self, exchange: Exchange) -> Answer:
        """Handshake, body, rules, workflow, answer. Raises a Refusal before anything ran.

        HEAD ends before the workflow.
        """
        if self._asking is not None and self._asking.signed:
            exchange.answer = await self._asking(exchange)
        if exchange.answer is not None:
            return exchange.answer
        body = None
        if exchange.method in WITH_BODY:
            body = exchange.body_here()
            if body is None:
                body = await exchange.read_body()
        if body is not None and len(body) > SMALL and self._encoder.decodes:
            # In a thread, where the interpreter goes on with others meanwhile.
            judged = await self._large.judge(body, partial(self._judge, exchange, body))
        else:
            judged = self._judge(exchange, body)
        if isinstance(judged, Answer):
            return judged
        if exchange.method == "HEAD":
            return probed(exchange)
        exchange.drop_body()
        del body  # the workflow may take long, and needs what was made of it
        return await self._invoked(exchange, judged)

    def _judge(self, exchange: Exchange, body: bytes | None) -> Payload | Answer:
        """What the workflow is sent, or the answer to a request that is ignored."""
        query = decode_query(exchange.query_string) if exchange.query_string else {}
        received = self._encoder.read(exchange, body, query)
        judged = received if body is not None else None
        mismatch = self._matcher(judged, query, exchange.fields)
        if mismatch is not None:
            return self._refuse(exchange, mismatch, judged)
        return self._encoder.encode(exchange, body, received)

    async def _invoked(self, exchange: Exchange, payload: Payload) -> Answer:
        exchange.run = uuid7()
        started = time.perf_counter()
        try:
            reply = await self._invoke(exchange, payload)
            exchange.workflow_ms = milliseconds(started)
            if not 200 <= reply.status < 300:
                raise WorkflowFailure(f"the workflow answered {reply.status}", reply.status)
            answer = self._respond(exchange, reply)
        except WorkflowFailure as failure:
            exchange.workflow_ms = milliseconds(started)
            exchange.outcome = "failed"
            return failed(exchange, failure)
        exchange.outcome = "succeeded"
        return answer

    def _refuse(self, exchange: Exchange, mismatch: Mismatch, body: Received | None) -> Answer:
        note = misread_form(body.value) if body is not None and body.kind == "form" else ""
        detail, reason = (f"{said} {note}".rstrip() for said in mismatch)
        if not self._ignores:
            raise NoMatch(detail, reason=reason)
        exchange.outcome, exchange.reason = "ignored", reason
        return ignored(exchange, detail)


def _workflow(spec: Spec, base: str) -> Workflow:
    """The long form; with a base, the same path there."""
    workflow = Workflow(url=spec.workflow) if isinstance(spec.workflow, str) else spec.workflow
    if not base:
        return workflow
    there = urlsplit(workflow.url)
    query = f"?{there.query}" if there.query else ""
    return msgspec.structs.replace(workflow, url=f"{base}{there.path or '/'}{query}")


def _in_service(needs: tuple[Need, ...]) -> Check:
    def check(exchange: Exchange) -> None:
        for need in needs:
            if need.problem:
                exchange.outcome = "out-of-service"
                raise Unavailable(
                    "The hook is out of service; see the gateway's log.",
                    RETRY_LATER,
                    reason=f"The hook is out of service: {need.problem}",
                )

    return check
