"""Slow clients are ended by a deadline of ours; what they hold is theirs alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.gateway import Gateway, gateway
from tests.support.raw import exchange
from tests.support.workflow import Workflow

HOOK = """
name: open
method: POST
authentication: none
workflow: {url}/run/open
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, workflow: Workflow) -> Iterator[Gateway]:
    directory: Path = tmp_path_factory.mktemp("slow")
    with gateway(directory, {"hooks.yaml": HOOK.format(url=workflow.url)}) as running:
        yield running


def test_a_header_that_never_ends_is_closed(server: Gateway) -> None:
    answer = exchange(server.port, b"POST /hooks/open HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert answer.status in (0, 408)
    assert answer.seconds < 15


def test_a_body_that_stops_is_408(server: Gateway) -> None:
    head = b"POST /hooks/open HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
    answer = exchange(server.port, head)
    assert answer.status == 408
    assert b"body-timeout" in answer.body


def test_a_body_slower_than_the_minimum_rate_is_408(server: Gateway) -> None:
    head = b"POST /hooks/open HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    answer = exchange(server.port, head, *[b"x"] * 20, pause=0.3)
    assert answer.status == 408
