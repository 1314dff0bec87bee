"""Every phase has a deadline, and none of them is a caller's that keeps its pace."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import msgspec
import pytest

from tests.support.raw import Caller, exchange, request
from tests.wire.server.apps import large, refusing, waiting
from tests.wire.server.serving import QUICK, Site, running

LENGTH = b"Content-Length: 100000"
CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture
def site() -> Iterator[Site]:
    with running(waiting, QUICK) as site:
        yield site
        assert not site.faults


def test_a_silent_connection_is_closed_without_a_word(site: Site) -> None:
    with Caller(site.port) as caller:
        assert caller.closed()


@pytest.mark.parametrize("start", [b"PO", b"\r", b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_never_ends_is_408(site: Site, start: bytes) -> None:
    with Caller(site.port) as caller:
        answer = caller.send(start).answer()
        assert answer.status == 408
        assert answer.body.startswith(b"header-timeout")
        assert caller.closed()


def test_a_head_that_drips_is_408(site: Site) -> None:
    assert (
        exchange(site.port, *[b"GET / HTTP/1.1\r\n"], *[b"X: a\r\n"] * 40, pause=0.02).status == 408
    )


def test_a_second_head_has_a_deadline_of_its_own(site: Site) -> None:
    with Caller(site.port) as caller:
        assert caller.send(request(b"/", method=b"GET")).answer().status == 200
        assert caller.send(b"GET").answer().status == 408


def test_an_idle_connection_is_closed_without_a_word(site: Site) -> None:
    with Caller(site.port) as caller:
        assert caller.send(request(b"/", method=b"GET")).answer().status == 200
        assert caller.closed()


@pytest.mark.parametrize("head", [LENGTH, CHUNKED])
@pytest.mark.parametrize("body", [b"", b"5\r\nhe"])
def test_a_body_that_stops_is_408(site: Site, head: bytes, body: bytes) -> None:
    with Caller(site.port) as caller:
        answer = caller.send(request(b"/", head, body=body)).answer()
        assert answer.status == 408
        assert answer.body.startswith(b"body-timeout")
        assert caller.closed()


def test_a_body_below_the_rate_is_408_and_one_above_is_read(site: Site) -> None:
    head = request(b"/", b"Content-Length: 2000")
    assert exchange(site.port, head, *[b"x"] * 40, pause=0.02).status == 408
    assert exchange(site.port, head, *[b"x" * 100] * 20, pause=0.02).status == 200


def test_a_body_that_is_steady_and_late_is_408(site: Site) -> None:
    assert exchange(site.port, request(b"/", LENGTH), *[b"x" * 100] * 80, pause=0.02).status == 408


@pytest.mark.parametrize("path", [b"/whole", b"/pieces"])
def test_a_caller_that_does_not_read_its_answer_is_closed(path: bytes) -> None:
    with running(large, QUICK) as site, socket.socket() as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        caller.connect(("127.0.0.1", site.port))
        caller.sendall(request(path, method=b"GET"))
        site.wait_until(lambda: site.listener.accepted == 1)
        site.wait_until(lambda: not sum(site.listener.states().values()))
        if path == b"/pieces":
            site.wait_for("cancelled")


def test_a_caller_that_reads_steadily_gets_all() -> None:
    limits = msgspec.structs.replace(QUICK, write_timeout=5.0)
    with running(large, limits) as site, Caller(site.port) as caller:
        caller.send(request(b"/whole", b"Connection: close", method=b"GET"))
        size = 0
        while caller._more():
            size += len(caller._buffer)
            caller._buffer = b""
        assert size > 32 * 1024 * 1024


def test_a_body_that_was_refused_is_waited_for_no_longer_than_the_limit() -> None:
    with running(refusing, QUICK) as site, Caller(site.port) as caller:
        assert caller.send(request(b"/", LENGTH)).answer().status == 401
        assert caller.closed()


def test_the_app_may_take_its_time() -> None:
    with running(waiting, QUICK) as site, Caller(site.port) as caller:
        caller.send(request(b"/wait", LENGTH, body=b"x" * 100_000))
        site.wait_for("begun")
        with Caller(site.port) as idle:
            assert idle.closed()
        with Caller(site.port) as idle:
            assert idle.closed()
        assert site.run(site.listener.states)["busy"] == 1
