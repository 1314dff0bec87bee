"""The language over HTTP: each case against one real server and one real workflow."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from gateway.language.schema import hook_schema
from gateway.language.source import Source
from tests.cases.requests import (
    Exchange,
    Talk,
    differences,
    files,
    hooks,
    received,
    request_cases,
    secrets,
    send,
    talks,
)
from tests.cases.schema_walk import steps
from tests.support.gateway import Gateway, gateway
from tests.support.workflow import Workflow

CASES = request_cases()
TALKS = [talk for case in CASES for talk in talks(case)]
ENVIRONMENT = {"GATEWAY_TEST_TOKEN": "token-of-the-environment"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    """All hooks of all cases in one process."""
    directory = tmp_path_factory.mktemp("requests")
    written: dict[str, str] = {}
    kept: dict[str, str] = {}
    for case in CASES:
        written |= hooks(case, workflow.url)
        kept |= secrets(case)
        workflow.raws |= files(case, "workflow answers ")
    with gateway(directory, written, secrets=kept, environment=ENVIRONMENT) as running:
        yield running


@pytest.fixture(scope="module")
def connection(server: Gateway) -> Iterator[HTTPConnection]:
    made = HTTPConnection("127.0.0.1", server.port, timeout=30)
    yield made
    made.close()


@pytest.mark.parametrize("talk", TALKS, ids=str)
def test_a_request_is_answered_and_handed_on(
    connection: HTTPConnection, workflow: Workflow, talk: Talk
) -> None:
    for exchange in talk.exchanges:
        _answered_and_handed_on(connection, workflow, exchange)


def _answered_and_handed_on(
    connection: HTTPConnection, workflow: Workflow, exchange: Exchange
) -> None:
    workflow.received.clear()
    answer = send(connection, exchange.request)
    seen = [received(one) for one in workflow.received]
    assert differences(exchange.answer, answer) == []
    assert [one.first for one in seen] == [one.first for one in exchange.workflow]
    for expected, found in zip(exchange.workflow, seen, strict=True):
        assert differences(expected, found) == []
    assert len({one.headers["idempotency-key"] for one in workflow.received}) <= 1


KEYS_OF = (
    "Hook", "Cors", "Match", "Rule", "Operators", "Length", "Workflow", "Retry", "Response",
    "Answer", "Failure", "Limits",
    "BasicAuthentication", "User", "Password", "BearerAuthentication", "Token",
    "BasicWorkflowAuthentication", "BearerWorkflowAuthentication", "SecretReference",
    "ClientCertificate",
)  # fmt: skip


@pytest.fixture(scope="module")
def tried() -> set[str]:
    """The parts of the schema that the hooks of all cases satisfy."""
    written = [hooks(case, "http://localhost").items() for case in CASES]
    sources = [Source(name, text.encode()) for one in written for name, text in one]
    return {path for path, _ in steps(sources)}


@pytest.mark.parametrize("name", KEYS_OF)
def test_every_key_is_tried_over_http(tried: set[str], name: str) -> None:
    keys = hook_schema()["$defs"][name]["properties"]
    assert [key for key in keys if f"#/$defs/{name}/properties/{key}" not in tried] == []
