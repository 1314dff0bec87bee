"""A hook as it runs: its guards, its rules, its workflow, its answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial

from msgspec import UNSET

from gateway.compile.answer import Answer
from gateway.compile.body import Received, decode_query
from gateway.compile.cors import compile_cors
from gateway.compile.delivery import Durable, Keeping, compile_durable, target_of
from gateway.compile.encoder import PayloadEncoder
from gateway.compile.entrance import entrance
from gateway.compile.exchange import Exchange, milliseconds
from gateway.compile.executor import HookExecutor
from gateway.compile.failures import compile_failures
from gateway.compile.invocation import StoringInvoker
from gateway.compile.invoker import Invoker
from gateway.compile.large import LargeBodies
from gateway.compile.limits import concurrency_of
from gateway.compile.matcher import compile_match
from gateway.compile.mismatch import Mismatch, Places
from gateway.compile.misread import misread_form
from gateway.compile.names import NO_NAMES
from gateway.compile.needs import Need
from gateway.compile.payload import WITH_BODY, Payload
from gateway.compile.request_parts import rule_names
from gateway.compile.responder import compile_kept, compile_response, ignored, probed
from gateway.compile.templates.inputs import Inputs
from gateway.compile.templates.keys import compile_keys
from gateway.compile.templates.mapping import Mapped
from gateway.compile.workflow import effective_workflow
from gateway.errors import NoMatch, WorkflowFailure
from gateway.ids import uuid7
from gateway.language.inputs import response_of
from gateway.language.spec import Hook as Spec
from gateway.language.spec import Workflow
from gateway.runtime.offloading import SMALL
from gateway.runtime.runtime import Runtime
from gateway.runtime.targets import blames

Accept = Callable[[Exchange, Payload], Awaitable[Answer]]
"""Stores a request that matches."""


class Hook:
    """One compiled hook. It borrows from the runtime and owns nothing that must be closed."""

    __slots__ = (
        "_accept",
        "_encoder",
        "_fail",
        "_ignores",
        "_invoke",
        "_keys",
        "_large",
        "_mapped",
        "_matcher",
        "_needs",
        "_reads_inputs",
        "_respond",
        "_target",
        "cors",
        "executor",
        "gate",
        "guards",
        "methods",
        "name",
        "route",
    )

    def __init__(self, spec: Spec, runtime: Runtime, places: Places | None = None) -> None:
        workflow = effective_workflow(spec, runtime.settings.workflow_base)
        self.name = spec.name
        self.route = spec.route
        self.methods = spec.methods
        self.cors = compile_cors(spec)
        self._matcher = compile_match(spec.match, places or {})
        self._ignores = spec.match is not UNSET and spec.match.otherwise == "ignore"
        self._mapped = Mapped(spec, workflow, places or {})
        self._keys = compile_keys(spec, places or {})
        reads_keys = self._keys is not None and self._keys.needs_inputs
        self._reads_inputs = self._matcher.reads_inputs or reads_keys
        self._encoder = self._encoding(spec, workflow)
        self._respond = compile_response(spec.response, places)
        self._fail = compile_failures(response_of(spec).failures, places or {})
        self._large = LargeBodies(runtime)
        self.executor: HookExecutor | None = None
        """What delivers the runs of a durable hook."""
        self._accept: Accept | None = None
        server = target_of(spec, runtime.settings.workflow_base)
        self._target = runtime.targets.of(spec.name, server)
        durable = compile_durable(spec, runtime.settings.workflow_base)
        self.gate = None if durable is None else durable.gate
        """What digests what lets a request in, for a durable hook."""
        self._invoke = _invoker(workflow, runtime, durable)
        further = () if durable is None else (Keeping(runtime),)
        guard, self._needs = entrance(spec, (*self._invoke.needs, *further), runtime)
        self.guards = (guard,)
        if durable is not None:
            self._keep(spec, durable, runtime, places or {})

    def _keep(self, spec: Spec, durable: Durable, runtime: Runtime, places: Places) -> None:
        """Store requests, and deliver them later."""
        # With it comes the client of the store, when a hook needs one.
        from gateway.compile.acceptance import Acceptance
        from gateway.compile.acknowledgement import compile_acknowledgement
        from gateway.compile.outcome import keeping

        invoker = self._invoke
        assert isinstance(invoker, StoringInvoker)  # noqa: S101 - as of every durable hook
        said = compile_acknowledgement(spec.response, places)
        most = concurrency_of(spec.limits, runtime.settings.limits.in_flight_per_hook)
        self._accept = Acceptance(durable, invoker, self._respond, said, runtime, spec.name, most)
        keep = keeping(compile_kept(spec.response), durable.outputs)
        problems = partial(_problems, self._needs)
        self.executor = HookExecutor(
            invoker, durable.schedule, durable.policy, problems, keep, runtime.sealing
        )

    def _encoding(self, spec: Spec, workflow: Workflow) -> PayloadEncoder:
        flat = workflow.format == "form" or workflow.method not in WITH_BODY
        names = rule_names(spec.match) if flat else NO_NAMES
        asked = self._matcher.needs_body, self._matcher.compares_numbers, self._mapped, names
        if spec.receive is UNSET:
            return PayloadEncoder(workflow, *asked)
        from gateway.compile.receiving.encoder import ReadEncoder  # few hooks have it

        return ReadEncoder(spec.receive, workflow, *asked)

    def problems(self) -> list[str]:
        """Why the hook is out of service, in words; empty while it serves."""
        return _problems(self._needs)

    def remedies(self) -> list[str]:
        """What to do about the problems, as far as they do not say it."""
        found = (need.remedy for need in self._needs if need.problem)
        return list(dict.fromkeys(filter(None, found)))

    def activate(self, exchange: Exchange) -> Awaitable[Answer]:
        """Body, rules, workflow, answer. Raises a Refusal before anything ran, at once or where
        the answer is awaited: where nothing has to be waited for, no coroutine is made before the
        workflow's.

        HEAD ends before the workflow.
        """
        if exchange.answer is not None:
            return _given(exchange.answer)
        body = None
        if exchange.method in WITH_BODY:
            body = exchange.body_here()
            if body is None or (len(body) > SMALL and self._encoder.decodes):
                return self._activate_later(exchange)
        return self._go_on(exchange, self._judge(exchange, body))

    async def _activate_later(self, exchange: Exchange) -> Answer:
        """Wait for the body and, where it is large, for a thread that judges it: there, the
        interpreter goes on with others meanwhile.
        """
        body = await exchange.read_body()
        if len(body) > SMALL and self._encoder.decodes:
            judged = await self._large.judge(body, partial(self._judge, exchange, body))
        else:
            judged = self._judge(exchange, body)
        del body  # the workflow may take long, and needs what was made of it
        return await self._go_on(exchange, judged)

    def _go_on(self, exchange: Exchange, judged: Payload | Answer) -> Awaitable[Answer]:
        if isinstance(judged, Answer):
            return _given(judged)
        if exchange.method == "HEAD":
            return _given(probed(exchange))
        exchange.drop_body()
        if self._accept is not None:
            return self._accept(exchange, judged)
        return self._invoked(exchange, judged)

    def _judge(self, exchange: Exchange, body: bytes | None) -> Payload | Answer:
        """What the workflow is sent, or the answer to a request that is ignored."""
        query = decode_query(exchange.query_string) if exchange.query_string else {}
        received = self._encoder.read(exchange, body, query)
        judged = received if body is not None else None
        inputs = Inputs(exchange, judged, query) if self._reads_inputs else None
        mismatch = self._matcher(judged, query, exchange.fields, exchange.path_params, inputs)
        if mismatch is not None:
            return self._refuse(exchange, mismatch, judged)
        if self._keys is not None:
            exchange.keys = self._keys(exchange, body, inputs)
        if not self._mapped.any:
            return self._encoder.encode(exchange, body, received)
        return self._encoder.fill(exchange, body, received, query, inputs)

    async def _invoked(self, exchange: Exchange, payload: Payload) -> Answer:
        run, target = payload.run or uuid7(), self._target
        if target.troubled:
            target.begin(run)
        exchange.run = run
        started, reply = time.perf_counter(), None
        blamed: bool | None = None
        try:
            reply = await self._invoke(exchange, payload)
            exchange.workflow_ms = milliseconds(started)
            if not 200 <= reply.status < 300:
                reason = f"the workflow answered {reply.status}"
                raise WorkflowFailure(reason, reply.status, "status")
            blamed = False
            answer = self._respond(exchange, reply)
        except WorkflowFailure as failure:
            exchange.workflow_ms = milliseconds(started)
            blamed = blames(failure)
            exchange.outcome = "failed"
            return self._fail(exchange, failure, reply)
        finally:
            if blamed or target.troubled:
                target.ended(run, blamed, time.perf_counter() - started)
        exchange.outcome = "succeeded"
        return answer

    def _refuse(self, exchange: Exchange, mismatch: Mismatch, body: Received | None) -> Answer:
        note = misread_form(body.value) if body is not None and body.kind == "form" else ""
        detail, reason = (f"{said} {note}".rstrip() for said in mismatch)
        if not self._ignores:
            raise NoMatch(detail, reason=reason)
        exchange.outcome, exchange.reason = "ignored", reason
        return ignored(exchange, detail)


async def _given(answer: Answer) -> Answer:
    return answer


def _problems(needs: tuple[Need, ...]) -> list[str]:
    return list(dict.fromkeys(need.problem for need in needs if need.problem))


def _invoker(workflow: Workflow, runtime: Runtime, durable: Durable | None) -> Invoker:
    return Invoker(workflow, runtime) if durable is None else StoringInvoker(workflow, runtime)
