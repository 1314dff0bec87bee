"""Slow callers are ended by deadlines of ours; what they hold is theirs alone."""

from __future__ import annotations

import pytest

from gateway.settings import Limits
from tests.support.gateway import Gateway
from tests.support.raw import Caller, exchange, request

LENGTH = b"Content-Length: 100000"


def test_the_deadlines_are_those_that_are_promised() -> None:
    limits = Limits()
    assert (limits.header_timeout, limits.body_timeout) == (5.0, 20.0)
    assert (limits.body_grace, limits.body_rate) == (3.0, 1024)


@pytest.mark.parametrize("start", [b"", b"PO", b"POST /hooks/open HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_header_that_never_ends_is_closed(limited: Gateway, start: bytes) -> None:
    with Caller(limited.port) as caller:
        assert caller.send(start).answer().status in (0, 408)


def test_a_connection_that_stays_idle_is_closed(limited: Gateway) -> None:
    with Caller(limited.port) as caller:
        assert caller.send(request(b"/hooks/open")).answer().status == 200
        assert caller.closed()


def test_a_body_that_stops_is_408_and_the_connection_ends(limited: Gateway) -> None:
    with Caller(limited.port) as caller:
        answer = caller.send(request(b"/hooks/open", LENGTH, body=b"half")).answer()
        assert answer.status == 408
        assert b"urn:webhook-gateway:body-timeout" in answer.body
        assert caller.closed()


def test_a_body_that_is_late_is_408_however_steadily_it_drips(limited: Gateway) -> None:
    answer = exchange(limited.port, request(b"/hooks/open", LENGTH), *[b"x" * 200] * 30, pause=0.1)
    assert answer.status == 408


@pytest.mark.parametrize("head", [LENGTH, b"Transfer-Encoding: chunked"])
def test_a_body_slower_than_the_minimum_rate_is_408(limited: Gateway, head: bytes) -> None:
    answer = exchange(limited.port, request(b"/hooks/open", head), *[b"1\r\nx\r\n"] * 30, pause=0.1)
    assert answer.status == 408


def test_a_body_over_the_minimum_rate_is_read_to_its_end(limited: Gateway) -> None:
    parts = [b"x" * 10_000] * 10
    answer = exchange(limited.port, request(b"/hooks/open", LENGTH), *parts, pause=0.1)
    assert answer.status == 200


def test_hundreds_of_silent_connections_keep_nobody_waiting(limited: Gateway) -> None:
    callers = [Caller(limited.port) for _ in range(400)]
    try:
        for caller in callers:
            caller.send(request(b"/hooks/open", LENGTH)[:-2])
        assert exchange(limited.port, request(b"/hooks/open")).status == 200
    finally:
        for caller in callers:
            caller.close()
