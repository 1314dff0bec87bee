"""Connections: what may follow a request, and what must not."""

from __future__ import annotations

import pytest

from tests.support.gateway import Gateway
from tests.support.raw import Caller, exchange, request
from tests.support.workflow import Received

GET = request(b"/hooks/open?n=2", method=b"GET")
CHUNKED = b"Transfer-Encoding: chunked"


def test_requests_in_one_packet_are_answered_in_order(
    server: Gateway, seen: list[Received]
) -> None:
    packet = b"".join(request(b"/hooks/open?n=%d" % n, method=b"GET") for n in range(20))
    with Caller(server.port) as caller:
        caller.send(packet)
        bodies = [caller.answer().body for _ in range(20)]
    assert bodies == [b'{"workflow": "/run/open", "received": {"n": "%d"}}' % n for n in range(20)]
    assert len(seen) == 20


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (request(b"/hooks/nothing"), 404),
        (request(b"/hooks/open", method=b"BREW"), 405),
        (request(b"/hooks/locked"), 401),
        (request(b"/hooks/locked", b"Content-Length: 4", body=b"abcd"), 401),
        (request(b"/hooks/locked", b"Content-Length: 400000", body=b"a" * 400_000), 401),
        (request(b"/hooks/locked", CHUNKED, body=b"4\r\nabcd\r\n0\r\n\r\n"), 401),
        (request(b"/hooks/../x", b"Content-Length: 4", body=b"abcd"), 400),
        (request(b"/hooks/open", b"Content-Length: 4", method=b"GET", body=b"abcd"), 200),
    ],
)
def test_a_connection_goes_on_after_a_refusal(server: Gateway, first: bytes, status: int) -> None:
    with Caller(server.port) as caller:
        caller.send(first, GET)
        assert caller.answer().status == status
        second = caller.answer()
        assert (second.status, second.body[-13:]) == (200, b': {"n": "2"}}')


def test_the_whole_refusal_reaches_a_caller_that_is_still_sending(server: Gateway) -> None:
    body = b"a" * 6_000_000
    answer = exchange(server.port, request(b"/hooks/open", b"Content-Length: 6000000", body=body))
    assert answer.status == 413
    assert answer.headers["connection"] == "close"
    assert b"urn:webhook-gateway:too-large" in answer.body


def test_who_expects_100_continue_is_asked_for_the_body_when_it_is_wanted(
    server: Gateway, seen: list[Received]
) -> None:
    head = request(b"/hooks/open", b"Expect: 100-continue", b"Content-Length: 2")
    with Caller(server.port) as caller:
        caller.send(head)
        assert not caller.closed()
        assert caller.send(b"{}").answer().status == 200
    assert seen[0].body == b"{}"


def test_who_expects_100_continue_and_is_refused_need_not_send(server: Gateway) -> None:
    head = request(b"/hooks/locked", b"Expect: 100-continue", b"Content-Length: 2")
    with Caller(server.port) as caller:
        assert caller.send(head).answer().status == 401
        assert caller.closed()


def test_http_1_0_is_answered_and_closed(server: Gateway) -> None:
    get = b"GET /hooks/hello HTTP/1.0\r\nHost: x\r\n"
    with Caller(server.port) as caller:
        assert caller.send(get + b"\r\n").answer().status == 200
        assert caller.closed()
    with Caller(server.port) as caller:
        for _ in range(2):
            caller.send(get + b"Connection: keep-alive\r\n\r\n")
            assert caller.answer().status == 200


def test_a_connection_that_is_to_close_is_closed(server: Gateway) -> None:
    with Caller(server.port) as caller:
        caller.send(request(b"/hooks/hello", b"Connection: close", method=b"GET"), GET)
        assert caller.answer().status == 200
        assert caller.closed()


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket", b"TLS/1.0"])
def test_an_upgrade_is_not_taken_up(server: Gateway, upgrade: bytes) -> None:
    headers = (b"Connection: Upgrade", b"Upgrade: " + upgrade, b"Sec-WebSocket-Version: 13")
    answer = exchange(server.port, request(b"/hooks/hello", *headers, method=b"GET"))
    assert answer.status == 200


SMUGGLED = GET.replace(b"n=2", b"smuggled")


@pytest.mark.parametrize(
    "headers",
    [
        (b"Content-Length: 5", CHUNKED),
        (CHUNKED, b"Content-Length: 5"),
        (CHUNKED, b"Content-Length: 5", b"Content-Length: 6"),
    ],
)
def test_of_two_lengths_only_the_chunks_count_and_nothing_follows(
    server: Gateway, seen: list[Received], headers: tuple[bytes, ...]
) -> None:
    with Caller(server.port) as caller:
        caller.send(request(b"/hooks/open", *headers, body=b"0\r\n\r\n" + SMUGGLED))
        assert caller.answer().status in (200, 400)
        assert caller.closed()
    assert all(request.body == b"" for request in seen)
    assert len(seen) <= 1


@pytest.mark.parametrize(
    "headers",
    [
        (b"Content-Length: 4", b"Content-Length: 5"),
        (b"Content-Length: 4, 4",),
        (b"Content-Length: +4",),
        (b"Content-Length: -4",),
        (b"Content-Length: 0x4",),
        (b"Content-Length: 4 4",),
        (b"Content-Length:",),
        (b"Content-Length: " + b"9" * 30,),
        (b"Content-Length : 4",),
        (b"Transfer-Encoding: xchunked",),
        (b"Transfer-Encoding: identity",),
        (b"Transfer-Encoding: chunked, identity",),
        (b"Transfer-Encoding: gzip, chunked",),
        (b"Transfer-Encoding: chunked, chunked",),
        (CHUNKED, CHUNKED),
        (CHUNKED, b"Transfer-Encoding: identity"),
        (b"Transfer-Encoding : chunked",),
        (b"Transfer-Encoding: \x0bchunked",),
        (b"Transfer-Encoding:\n chunked",),
        (b"X: y\r\n Transfer-Encoding: chunked",),
        (b"X: y\rTransfer-Encoding: chunked",),
        (b"\x00Transfer-Encoding: chunked",),
    ],
)
def test_a_framing_that_two_parties_could_read_differently_runs_nothing(
    server: Gateway, seen: list[Received], headers: tuple[bytes, ...]
) -> None:
    with Caller(server.port) as caller:
        caller.send(request(b"/hooks/open", *headers, body=b"0\r\n\r\n" + SMUGGLED))
        assert caller.answer().status == 400
        assert caller.closed()
    assert not seen
