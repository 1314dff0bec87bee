"""What callers may send is called with just that, and answered."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest
import uvloop

from tests.support.raw import Caller, exchange, request
from tests.wire.server.serving import Site, running

CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(params=[uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with running(loop=request.param) as site:
        yield site
        assert not site.faults


def test_a_request_is_called_with_its_head_and_body(site: Site) -> None:
    sent = request(b"/a%20b?c=d", b"Content-Length: 2", b"X: 1", b"x: 2", body=b"{}")
    assert exchange(site.port, sent).status == 200
    assert site.calls == [
        {
            "method": "POST",
            "target": b"/a%20b",
            "query": b"c=d",
            "version": "1.1",
            "headers": [
                (b"host", b"x"),
                (b"content-length", b"2"),
                (b"x", b"1"),
                (b"x", b"2"),
            ],
            "body": b"{}",
        }
    ]


def test_blanks_around_a_value_are_no_part_of_it(site: Site) -> None:
    sent = request(b"/", b"A: a b \t", b"B:\t b", b"C: \t ", b"A:a ", b"Content-Length: 0 ")
    assert exchange(site.port, sent).status == 200
    assert site.calls[0]["headers"][1:] == [
        (b"a", b"a b"),
        (b"b", b"b"),
        (b"c", b""),
        (b"a", b"a"),
        (b"content-length", b"0"),
    ]


@pytest.mark.parametrize("blank", [b" ", b"\t", b" \t "])
def test_a_coding_with_blanks_behind_it_is_read_by_the_judge_as_by_the_parser(
    site: Site, blank: bytes
) -> None:
    body = b"5\r\nabcde\r\n0\r\n\r\n"
    answer = exchange(site.port, request(b"/", CHUNKED + blank, body=body))
    bodies = [call["body"] for call in site.calls]
    assert (answer.status, bodies) in [(200, [b"abcde"]), (400, [])]


def test_chunks_are_a_body_and_trailers_are_dropped(site: Site) -> None:
    body = b"1;a=b\r\na\r\n4;c\r\n\r\n\r\n\r\n1\r\nz\r\n0\r\nHost: evil\r\nAuthorization: x\r\n\r\n"
    with Caller(site.port) as caller:
        assert caller.send(request(b"/", CHUNKED, body=body)).answer().status == 200
        assert caller.send(request(b"/next", method=b"GET")).answer().status == 200
    assert [call["body"] for call in site.calls] == [b"a\r\n\r\nz", b""]
    assert site.calls[0]["headers"] == [(b"host", b"x"), (b"transfer-encoding", b"chunked")]
    assert site.calls[1]["headers"] == [(b"host", b"x")]


def test_pipelined_requests_are_answered_in_order(site: Site) -> None:
    packet = b"".join(
        request(b"/%d" % n, b"Content-Length: 8", body=b"\r\n\r\n\r\n\r\n")
        + request(b"/chunked%d" % n, CHUNKED, body=b"4\r\n\r\n\r\n\r\n0\r\n\r\n")
        for n in range(200)
    )
    with Caller(site.port) as caller:
        caller.send(packet)
        assert all(caller.answer().status == 200 for _ in range(400))
    assert [call["target"] for call in site.calls[:3]] == [b"/0", b"/chunked0", b"/1"]
    assert {call["body"] for call in site.calls} == {b"\r\n\r\n\r\n\r\n", b"\r\n\r\n"}


@pytest.mark.parametrize("upgrade", [b"h2c", b"websocket"])
@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ([], b""),
        ([b"Content-Length: 5"], b"\r\n\r\nx"),
        ([CHUNKED], b"2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
    ],
)
def test_an_upgrade_is_answered_in_http_1_1(
    site: Site, upgrade: bytes, framing: list[bytes], body: bytes
) -> None:
    head = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: " + upgrade, *framing)
    with Caller(site.port) as caller:
        for _ in range(2):
            assert caller.send(request(b"/", *head, body=body)).answer().status == 200
    assert {len(call["body"]) for call in site.calls} == {5 if framing else 0}
    assert len(site.calls) == 2


def test_a_method_that_nobody_knows_reaches_the_app(site: Site) -> None:
    with Caller(site.port) as caller:
        for part in (b"B", b"REW /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"):
            caller.send(part)
        assert caller.answer().status == 200
        assert caller.send(request(b"/", method=b"GET")).answer().status == 200
    assert [(call["method"], call["body"]) for call in site.calls] == [
        ("BREW", b"{}"),
        ("GET", b""),
    ]


@pytest.mark.parametrize(
    ("target", "path", "query", "host"),
    [
        (b"http://y/a?b", b"/a", b"b", b"y"),
        (b"https://user:password@y:80/a", b"/a", b"", b"y:80"),
        (b"HTTP://Y", b"/", b"", b"Y"),
        (b"http://y?b", b"/", b"b", b"y"),
        (b"*", b"*", b"", b"x"),
    ],
)
def test_the_absolute_form_names_the_host(
    site: Site, target: bytes, path: bytes, query: bytes, host: bytes
) -> None:
    assert exchange(site.port, request(target, method=b"GET")).status == 200
    call = site.calls[0]
    assert (call["target"], call["query"]) == (path, query)
    assert call["headers"] == [(b"host", host)]


def test_empty_lines_before_a_request_are_passed_over(site: Site) -> None:
    with Caller(site.port) as caller:
        caller.send(b"\r\n\r\n", request(b"/", method=b"GET"), b"\r\n", b"\r\n\r\n\r\n")
        assert caller.answer().status == 200
        assert caller.send(request(b"/", method=b"GET")).answer().status == 200


def test_http_1_0_is_answered_and_closed_unless_kept(site: Site) -> None:
    with Caller(site.port) as caller:
        assert caller.send(b"GET / HTTP/1.0\r\n\r\n").answer().headers["connection"] == "close"
        assert caller.closed()
    with Caller(site.port) as caller:
        for _ in range(2):
            caller.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            assert caller.answer().headers["connection"] == "keep-alive"
    assert site.calls[0]["version"] == "1.0"


def test_an_answer_to_head_has_the_length_and_no_body(site: Site) -> None:
    with Caller(site.port) as caller:
        for _ in range(2):
            caller.send(request(b"/", method=b"HEAD"))
            answer = caller.answer(to_head=True)
            assert answer.status == 200
            assert int(answer.headers["content-length"]) > 10


def test_a_close_is_said_and_done(site: Site) -> None:
    with Caller(site.port) as caller:
        caller.send(request(b"/", b"Connection: close", method=b"GET") * 2)
        assert caller.answer().headers["connection"] == "close"
        assert caller.closed()
    assert len(site.calls) == 1


def test_ipv6_and_unix_sockets_are_served(tmp_path: object) -> None:
    path = f"{tmp_path}/socket"
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(path)
    sock.listen()
    with running(sock=sock) as site, socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)
        caller.sendall(request(b"/", method=b"GET"))
        assert caller.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        assert site.calls


def test_a_date_is_in_every_answer(site: Site) -> None:
    assert exchange(site.port, request(b"/", method=b"GET")).headers["date"].endswith(" GMT")
    assert exchange(site.port, b"nonsense\r\n\r\n").headers["date"].endswith(" GMT")
