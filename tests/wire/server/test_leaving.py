"""A caller that leaves frees its place at once, and is nobody's fault."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from tests.support.raw import Caller, exchange, request
from tests.wire.server.apps import large, waiting
from tests.wire.server.serving import Site, echo, running

CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture
def site() -> Iterator[Site]:
    with running(waiting) as site:
        yield site
        site.wait_until(lambda: not sum(site.listener.states().values()))
        assert not site.faults


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("body", [b"", b"x" * 1000])
def test_a_caller_that_leaves_cancels_what_is_in_work(site: Site, reset: bool, body: bytes) -> None:
    with Caller(site.port) as caller:
        caller.send(request(b"/wait", b"Content-Length: %d" % len(body), body=body))
        site.wait_for("begun")
        if reset:
            _reset(caller)
    site.wait_for("cancelled")


def test_a_half_close_is_leaving(site: Site) -> None:
    with Caller(site.port) as caller:
        caller.send(request(b"/wait", method=b"GET"))
        site.wait_for("begun")
        assert caller.end().closed()
    site.wait_for("cancelled")


def test_what_came_whole_before_a_half_close_is_answered() -> None:
    with running(echo) as site, Caller(site.port) as caller:
        caller.send(*[request(b"/", method=b"GET")] * 10).end()
        assert [caller.answer().status for _ in range(10)] == [200] * 10
        assert caller.closed()


@pytest.mark.parametrize("head", [b"Content-Length: 100", CHUNKED])
def test_a_half_close_in_a_body_is_answered_400(site: Site, head: bytes) -> None:
    with Caller(site.port) as caller:
        answer = caller.send(request(b"/", head, body=b"5\r\nhe")).end().answer()
        assert answer.status == 400
        assert answer.body.startswith(b"incomplete-body")
        assert caller.closed()


@pytest.mark.parametrize(
    ("reset", "event"),
    [(True, "disconnected"), (False, "The connection ended in the middle of the body.")],
)
def test_an_app_that_reads_is_told_of_a_caller_that_leaves_in_its_body(
    site: Site, reset: bool, event: str
) -> None:
    with Caller(site.port) as caller:
        caller.send(request(b"/", b"Content-Length: 100", body=b"half"))
        site.wait_for("begun")
        if reset:
            _reset(caller)
    site.wait_for(event)


def test_a_caller_that_leaves_while_it_reads_ends_the_stream() -> None:
    with running(large) as site:
        with Caller(site.port) as caller:
            caller.send(request(b"/pieces", method=b"GET"))
            site.wait_for("piece")
        # Where it was not waiting for the caller just then, nothing holds it up any more.
        site.wait_until(lambda: not {"cancelled", "complete"}.isdisjoint(site.events))


def test_a_reset_at_each_byte_of_a_request_hurts_nobody() -> None:
    whole = request(b"/a?b", b"Content-Length: 5", body=b"abcde") + request(
        b"/", CHUNKED, body=b"3\r\nabc\r\n0\r\n\r\n"
    )
    with running(echo) as site:
        for length in range(len(whole) + 1):
            with Caller(site.port) as caller:
                caller.send(whole[:length])
                _reset(caller)
        site.wait_until(lambda: not sum(site.listener.states().values()))
        assert exchange(site.port, request(b"/", method=b"GET")).status == 200
        assert not site.faults


def _reset(caller: Caller) -> None:
    sock = caller._socket
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
