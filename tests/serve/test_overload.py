"""More requests than a process may have in flight: the others are told to come again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gateway.settings import Limits
from tests.support.gateway import ADMIN, Gateway
from tests.support.polling import until
from tests.support.workflow import Received, Workflow


@pytest.fixture
def full(
    limited: Gateway, workflow: Workflow, seen: list[Received]
) -> Iterator[list[httpx.Response]]:
    """As many requests in flight as there may be; their answers come when the gate opens."""
    workflow.gate.clear()
    answers: list[httpx.Response] = []
    callers = [
        threading.Thread(target=lambda: answers.append(limited.request("POST", "/hooks/gate")))
        for _ in range(3)
    ]
    for caller in callers:
        caller.start()
    until(lambda: len(seen) == 3)
    yield answers
    workflow.gate.set()
    for caller in callers:
        caller.join(20)


def test_the_limit_is_the_one_that_is_promised() -> None:
    assert Limits().in_flight == 512


def test_beyond_the_limit_a_request_is_503_and_told_when_to_come_again(
    limited: Gateway, workflow: Workflow, full: list[httpx.Response], seen: list[Received]
) -> None:
    with ThreadPoolExecutor(5) as callers:
        refused = list(callers.map(lambda _: limited.request("POST", "/hooks/open"), range(20)))
    for answer in refused:
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["type"] == "urn:webhook-gateway:unavailable"
    assert len(seen) == 3
    workflow.gate.set()
    until(lambda: len(full) == 3)
    assert [answer.status_code for answer in full] == [200] * 3
    assert limited.request("POST", "/hooks/open").status_code == 200


def test_an_overloaded_process_still_tells_how_it_is(
    limited: Gateway, full: list[httpx.Response]
) -> None:
    assert limited.request("GET", "/-/livez").status_code == 200
    assert limited.request("GET", "/-/readyz").status_code == 200
    assert limited.request("GET", "/-/status", headers=ADMIN).status_code == 200


def test_what_no_hook_owns_is_told_so_even_then(
    limited: Gateway, full: list[httpx.Response]
) -> None:
    assert limited.request("POST", "/hooks/nothing").status_code == 404
