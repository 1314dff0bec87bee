"""What the app says leaves as HTTP, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.wire.server import encode_lines
from tests.support.raw import Caller, exchange, request
from tests.wire.server.apps import part, refusing, sending, start, waiting
from tests.wire.server.serving import Site, running

GET = request(b"/", method=b"GET")
EXPECT = b"Expect: 100-continue"
LENGTH = (b"content-length", b"4")


def test_an_answer_in_pieces_is_chunked_in_http_1_1_and_ends_by_close_in_1_0() -> None:
    with running(sending(start(), part(b"ab", True), part(b"", True), part(b"cd"))) as site:
        with Caller(site.port) as caller:
            for _ in range(2):
                caller.send(GET)
                assert caller.answer().headers["transfer-encoding"] == "chunked"
                assert caller._buffer.startswith(b"2\r\nab\r\n") or caller._more()
                while not caller._buffer.endswith(b"0\r\n\r\n"):
                    assert caller._more()
                assert caller._buffer == b"2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"
                caller._buffer = b""
        with Caller(site.port) as caller:
            answer = caller.send(b"GET / HTTP/1.0\r\n\r\n").answer()
            assert "transfer-encoding" not in answer.headers
            while caller._more():
                pass
            assert caller._buffer == b"abcd"


def test_an_answer_in_pieces_with_a_length_is_sent_as_it_is() -> None:
    with running(sending(start(200, LENGTH), part(b"ab", True), part(b"cd"))) as site:
        assert exchange(site.port, GET).body == b"abcd"


def test_an_answer_without_a_length_gets_one() -> None:
    with running(sending(start(200, (b"X-A", b"b")), part(b"abcd"))) as site:
        answer = exchange(site.port, GET)
        assert (answer.headers["content-length"], answer.headers["x-a"]) == ("4", "b")


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(status: int) -> None:
    with running(sending(start(status), part(b"abcd"))) as site, Caller(site.port) as caller:
        for _ in range(2):
            answer = caller.send(GET).answer()
            assert answer.status == status
            assert "content-length" not in answer.headers


@pytest.mark.parametrize(
    "messages",
    [
        (start(200, (b"x", b"a\r\nX-Evil: b")), part(b"")),
        (start(200, (b"x", b"a\nX-Evil: b")), part(b"")),
        (start(200, (b"x", b"a\rb")), part(b"")),
        (start(200, (b"x", b"a\0b")), part(b"")),
        (start(200, (b"x y", b"a")), part(b"")),
        (start(200, (b"x:", b"a")), part(b"")),
        (start(200, (b"", b"a")), part(b"")),
        (start(200, (b"x\r\ny", b"a")), part(b"")),
        (start(200, (b"content-length", b"9")), part(b"abcd")),
        (start(99), part(b"")),
        (start(200, (b"x", b"a\r\nb")), part(b"a", True), part(b"")),
        (part(b"a"),),
        (start(), start()),
        (start(),),
        (),
        ({"type": "websocket.accept"},),
    ],
)
def test_what_cannot_be_said_is_500_and_ends_the_connection(messages: tuple[object, ...]) -> None:
    with running(sending(*messages)) as site, Caller(site.port) as caller:  # type: ignore[arg-type]
        answer = caller.send(GET).answer()
        assert answer.status == 500
        assert b"evil" not in answer.body.lower()
        assert caller.closed()


@pytest.mark.parametrize(
    "messages",
    [
        (start(200, LENGTH), part(b"ab", True), part(b"c")),
        (start(200, LENGTH), part(b"ab", True), part(b"cde")),
        (start(200), part(b"ab", True)),
        (start(200), part(b"ab", True), start()),
    ],
)
def test_an_answer_that_breaks_off_is_never_ended_as_if_it_were_whole(
    messages: tuple[object, ...],
) -> None:
    with running(sending(*messages)) as site, Caller(site.port) as caller:  # type: ignore[arg-type]
        caller.send(GET).answer()
        while caller._more():
            pass
        assert not caller._buffer.endswith(b"0\r\n\r\n")
        assert b"HTTP/1.1 500" not in caller._buffer


def test_a_cancelled_app_is_500() -> None:
    def make(site: Site) -> object:
        async def app(scope: object, receive: object, send: object) -> None:
            import asyncio

            raise asyncio.CancelledError

        return app

    with running(make) as site:  # type: ignore[arg-type]
        assert exchange(site.port, GET).status == 500


def test_a_body_is_asked_for_when_it_is_wanted() -> None:
    with running(waiting) as site, Caller(site.port) as caller:
        caller.send(request(b"/", EXPECT, b"Content-Length: 2"))
        while not caller._buffer:
            assert caller._more()
        assert caller._buffer == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller._buffer = b""
        assert caller.send(b"{}").answer().body == b"2"


def test_a_body_that_is_not_wanted_is_not_asked_for() -> None:
    with running(refusing) as site, Caller(site.port) as caller:
        caller.send(request(b"/", EXPECT, b"Content-Length: 2"))
        while b"\r\n\r\nno" not in caller._buffer:
            assert caller._more()
        assert caller._buffer.startswith(b"HTTP/1.1 401 ")
        caller._buffer = b""
        assert caller.closed()


def test_http_1_0_and_a_body_that_is_here_are_not_told_to_continue() -> None:
    with running(waiting) as site:
        old = b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"
        for sent in (old, request(b"/", EXPECT, b"Content-Length: 2", body=b"{}")):
            with Caller(site.port) as caller:
                caller.send(sent)
                assert caller._more()
                assert caller._buffer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("size", [4, 400_000, 4_000_000])
@pytest.mark.parametrize("chunked", [True, False])
def test_a_connection_goes_on_after_a_body_that_nobody_read(size: int, chunked: bool) -> None:
    body = b"a" * size
    sent = request(b"/1", b"Content-Length: %d" % size, body=body)
    if chunked:
        chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (size, body)
        sent = request(b"/1", b"Transfer-Encoding: chunked", body=chunks)
    with running(refusing) as site, Caller(site.port) as caller:
        caller.send(sent + request(b"/2", method=b"GET"))
        assert [caller.answer().status for _ in range(2)] == [401, 401]
        assert site.events == ["/1", "/2"]


def test_the_refusal_reaches_a_caller_that_sends_for_ever() -> None:
    with running(refusing) as site, Caller(site.port) as caller:
        head = request(b"/1", b"Connection: close", b"Content-Length: 99999999999")
        answer = caller.send(head, *[b"a" * 65536] * 60).answer()
        assert (answer.status, answer.headers["connection"]) == (401, "close")
        assert caller.send(*[b"a" * 65536] * 2000).closed()


def test_bodies_are_read_no_further_than_they_are_wanted() -> None:
    with running(waiting) as site, Caller(site.port) as caller:
        caller._socket.settimeout(0.5)
        caller.send(request(b"/wait", b"Content-Length: 99999999"))
        with pytest.raises(TimeoutError):
            caller.send(*[b"a" * 65536] * 1500)


def test_lines_made_before_are_judged_before() -> None:
    lines = encode_lines([(b"X-A", b"b"), (b"x-c", b"d")])
    assert (lines.data, lines.count) == (b"x-a: b\r\nx-c: d\r\n", 2)
    for fields in ([(b"x", b"a\r\nb")], [(b"x y", b"")], [(b"Content-Length", b"1")]):
        with pytest.raises(ValueError, match=r"field|name"):
            encode_lines(fields)


@pytest.mark.parametrize(
    "last", [(b"x", b"a\r\nb: c"), (b"x", b"a\0"), (b"x y", b""), (b"content-length", b"1")]
)
def test_the_last_field_of_an_answer_is_judged_as_all_are(last: tuple[bytes, bytes]) -> None:
    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        with pytest.raises(ValueError, match=r"field|name"):
            scope["gateway.request"].give(200, encode_lines([(b"x-a", b"b")]), last, b"no")
        scope["gateway.request"].give(200, encode_lines([(b"x-a", b"b")]), (b"x-c", b"d"), b"fine")

    with running(lambda _site: app) as site:
        answer = exchange(site.port, GET)
        assert (answer.status, answer.body) == (200, b"fine")
        assert (answer.headers["x-a"], answer.headers["x-c"]) == ("b", "d")


@pytest.mark.parametrize("value", [b"", b"a"])
def test_equal_lines_of_one_name_are_two(value: bytes) -> None:
    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        assert scope["gateway.request"].fields[b"x-two"] == [value, value]
        scope["gateway.request"].respond(200, (), b"fine")

    with running(lambda _site: app) as site:
        line = b"\r\nX-Two: " + value
        sent = b"GET / HTTP/1.1\r\nHost: x" + line + line + b"\r\n\r\n"
        assert exchange(site.port, sent).status == 200
