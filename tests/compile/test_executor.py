"""Runs are delivered to a real workflow, whatever it does, through the hook as it is now."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.compile.executor import HookExecutor
from gateway.compile.invocation import StoringInvoker
from gateway.compile.payload import Payload
from gateway.errors import WorkflowFailure
from gateway.ids import uuid7
from gateway.language.spec import SecretReference, Workflow
from gateway.language.spec.outgoing import BearerWorkflowAuthentication
from gateway.runs.deliverer import Deliverer, Executor
from gateway.runs.invocation import encode
from gateway.runs.memory.store import MemoryStore
from gateway.runs.run import Accepted, Assignment, NewRun, Policies, Record, Result, State
from gateway.runs.schedule import Schedule
from gateway.runs.selection import Query
from gateway.runs.waiting import Finished, Waiting
from gateway.runtime.runtime import Runtime
from gateway.settings import Settings
from gateway.wire.client import Reply
from tests.runs.executors import POLICY
from tests.support import workflow as endpoint
from tests.support.exchanges import an_exchange

BODY = b'{"order": 7}'


def json_only(reply: Reply) -> bytes:
    """Outputs are kept that begin as an object does."""
    if not reply.body.startswith(b"{"):
        raise WorkflowFailure("the workflow's outputs are not JSON", reply.status)
    return reply.body


class Orders:
    """One durable hook in a worker with a memory store."""

    def __init__(self, runtime: Runtime) -> None:
        shared = MemoryStore()
        shared.follow(Policies(1, {"orders": POLICY}))
        self.close = shared.close
        self.runtime = runtime
        self.store = shared.session()
        self.results: list[Result] = []
        self.waiting = Waiting(self.store)
        self.deliverer = Deliverer(
            self.store, self._executor, self.waiting, self._watch, lambda _run, _error: None,
            runtime.body_memory,
        )  # fmt: skip
        self.deliverer.open()

    def hook(self, url: str, **keys: Any) -> None:
        """The hook as it is from now on."""
        self.invoker = StoringInvoker(Workflow(url=url, **keys), self.runtime)
        self.executor = HookExecutor(
            self.invoker,
            Schedule(POLICY.after),
            POLICY,
            self._problems,
            json_only,
            self.runtime.sealing,
        )

    async def accept(self) -> tuple[str, Finished | Record | None]:
        """Store a request and wait for its outcome."""
        exchange = an_exchange()
        invocation = self.invoker.prepare(exchange, Payload(BODY, "application/json"))
        data = encode(invocation)
        new = NewRun(id=uuid7(), hook="orders", invocation=data, gate=b"32 bytes", give_up=60)
        accepted = await self.store.accept(new)
        assert isinstance(accepted, Accepted)
        assert accepted.attempt == 1
        expected = self.waiting.expect(new.id)
        self.deliverer.begin(Assignment(new.id, new.hook, 1, 0, data), invocation)
        return new.id, await self.waiting.outcome(new.id, 20, expected)

    def _executor(self, _hook: str) -> Executor | None:
        return self.executor

    def _problems(self) -> list[str]:
        return [need.problem for need in self.invoker.needs if need.problem]

    def _watch(self, _assignment: Assignment, result: Result, _kept: bool) -> None:
        self.results.append(result)


@asynccontextmanager
async def orders(secrets: Path | None = None) -> AsyncIterator[Orders]:
    runtime = Runtime(Settings(hooks=Path("hooks.d"), secrets=secrets))
    worker = Orders(runtime)
    yield worker
    worker.close()
    await runtime.client.close()


def test_a_run_reaches_the_workflow_as_the_request_would_have(
    workflow: endpoint.Workflow,
) -> None:
    async def delivered() -> None:
        async with orders() as worker:
            worker.hook(f"{workflow.url}/run/orders")
            run, outcome = await worker.accept()
            assert isinstance(outcome, Finished)
            assert outcome.reply.status == 200
            received = workflow.received[-1]
            assert (received.method, received.target, received.body) == (
                "POST",
                "/run/orders",
                BODY,
            )
            assert received.headers["idempotency-key"] == run
            assert received.headers["gateway-attempt"] == "1"

    asyncio.run(delivered())


def test_every_attempt_has_the_same_key_and_its_own_number(workflow: endpoint.Workflow) -> None:
    async def delivered() -> None:
        async with orders() as worker:
            workflow.received.clear()
            workflow.flaky = 0
            worker.hook(f"{workflow.url}/flaky/3")
            run, outcome = await worker.accept()
            assert isinstance(outcome, Record)
            assert (outcome.state, outcome.attempts) == (State.SUCCEEDED, 3)
            sent = [one.headers for one in workflow.received]
            assert {one["idempotency-key"] for one in sent} == {run}
            assert [one["gateway-attempt"] for one in sent] == ["1", "2", "3"]
            assert {one.body for one in workflow.received} == {BODY}

    asyncio.run(delivered())


@pytest.mark.parametrize(
    ("path", "code", "attempts"),
    [
        ("status/422", 422, 1),
        ("status/500", 500, 3),
        ("status/302", 302, 3),
        ("status/401", 401, 3),
        ("reset", None, 3),
        ("huge", 200, 3),
        ("hang", None, 3),
    ],
)
def test_a_workflow_that_fails_is_asked_again_where_that_may_help(
    workflow: endpoint.Workflow, path: str, code: int | None, attempts: int
) -> None:
    async def delivered() -> None:
        async with orders() as worker:
            worker.hook(f"{workflow.url}/{path}", timeout="300ms" if path == "hang" else "20s")
            run, _ = await worker.accept()
            record = await worker.store.wait(run, 20)
            assert record is not None
            assert (record.state, record.attempts) == (State.DEAD, attempts)
            assert record.status_code == code
            assert "secret" not in record.reason
            assert record.reason

    asyncio.run(delivered())


def test_a_server_that_is_not_there_is_blamed(workflow: endpoint.Workflow) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

        async def delivered() -> None:
            async with orders() as worker:
                worker.hook(f"http://127.0.0.1:{port}/run")
                await worker.accept()
                assert [result.blames_target for result in worker.results] == [True] * 3
                worker.hook(f"{workflow.url}/status/500")
                await worker.accept()
                assert not worker.results[-1].blames_target

        asyncio.run(delivered())


def test_outputs_that_cannot_be_made_end_the_run(workflow: endpoint.Workflow) -> None:
    workflow.raws["text"] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    async def delivered() -> None:
        async with orders() as worker:
            worker.hook(f"{workflow.url}/raw/text")
            run, _ = await worker.accept()
            record = await worker.store.record(run)
            assert record is not None
            assert (record.state, record.attempts, record.status_code) == (State.DEAD, 1, 200)

    asyncio.run(delivered())


def test_each_attempt_has_the_credentials_of_its_time(
    workflow: endpoint.Workflow, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("first")
    authentication = BearerWorkflowAuthentication(token=SecretReference(secret="token"))

    async def delivered() -> None:
        async with orders(tmp_path) as worker:
            worker.hook(f"{workflow.url}/run/orders", authentication=authentication)
            await worker.accept()
            assert workflow.received[-1].headers["authorization"] == "Bearer first"
            (tmp_path / "token").write_text("second")
            worker.runtime.secrets.refresh()
            await worker.accept()
            assert workflow.received[-1].headers["authorization"] == "Bearer second"

    asyncio.run(delivered())


def test_a_hook_without_its_secret_makes_no_attempt(
    workflow: endpoint.Workflow, tmp_path: Path
) -> None:
    authentication = BearerWorkflowAuthentication(token=SecretReference(secret="token"))

    async def delivered() -> None:
        async with orders(tmp_path) as worker:
            workflow.received.clear()
            worker.hook(f"{workflow.url}/run/orders", authentication=authentication)
            accepting = asyncio.create_task(worker.accept())
            async with asyncio.timeout(20):
                while not worker.results:  # noqa: ASYNC110 - nothing tells of it but this
                    await asyncio.sleep(0.01)
            (record,) = (await worker.store.list(Query())).runs
            assert record.state is State.QUEUED
            assert "token" in record.held
            assert workflow.received == []
            accepting.cancel()

    asyncio.run(delivered())


def test_what_cannot_be_read_any_more_is_dead_and_says_why(workflow: endpoint.Workflow) -> None:
    async def delivered() -> None:
        async with orders() as worker:
            worker.hook(f"{workflow.url}/run/orders")
            new = NewRun(
                id=uuid7(), hook="orders", invocation=b"\x03later", gate=b"32 bytes", give_up=60,
                start=False,
            )  # fmt: skip
            await worker.store.accept(new)
            record = await worker.store.wait(new.id, 20)
            assert record is not None
            assert record.state is State.DEAD
            assert "cannot read the stored request" in record.reason

    asyncio.run(delivered())
