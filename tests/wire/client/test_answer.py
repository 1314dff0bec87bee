"""What is an answer, and what is none: for bytes that arrive in pieces of any size."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.wire.client.answer import MAX_FIELDS, MAX_HEAD, MAX_INTERIM, Answer
from gateway.wire.client.errors import Broke, BrokeOff, CallError, NotHTTP, TooLarge

LIMIT = 1000
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
SIZED = b"Content-Length: 2\r\n\r\n{}"

ANSWERS: dict[str, tuple[bytes, int, bytes]] = {
    "sized": (OK + SIZED, 200, b"{}"),
    "empty": (OK + b"Content-Length: 0\r\n\r\n", 200, b""),
    "without a reason": (b"HTTP/1.1 200\r\n" + SIZED, 200, b"{}"),
    "old": (b"HTTP/1.0 200 OK\r\n" + SIZED, 200, b"{}"),
    "to the limit": (OK + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000, 200, b"x" * 1000),
    "chunked": (CHUNKED + b"3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\n\r\n", 200, b"abcde"),
    "chunks of a byte": (CHUNKED + b"1\r\nx\r\n" * 1000 + b"0\r\n\r\n", 200, b"x" * 1000),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\nContent-Type: x/y\r\nX-T: 1\r\n\r\n", 200, b"a"),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "no content, of a length": (b"HTTP/1.1 204 X\r\nContent-Length: 5000\r\n\r\n", 204, b""),
    "not modified": (b"HTTP/1.1 304 X\r\nContent-Length: 5000\r\n\r\n", 304, b""),
    "failed": (b"HTTP/1.1 503 X\r\nConnection: close\r\n" + SIZED, 503, b"{}"),
    "interim": (CONTINUE + b"HTTP/1.1 103 X\r\nLink: a\r\n\r\n" + OK + SIZED, 200, b"{}"),
    "many interim": (CONTINUE * MAX_INTERIM + OK + SIZED, 200, b"{}"),
    "many fields": (OK + b"X-A: b\r\n" * (MAX_FIELDS - 1) + SIZED, 200, b"{}"),
    "large head": (OK + b"X-A: " + b"b" * (MAX_HEAD - 100) + b"\r\n" + SIZED, 200, b"{}"),
    "unusual bytes": (OK + b"X-A: \xff\xc3\xa9\r\n" + SIZED, 200, b"{}"),
    "an offer to upgrade": (OK + b"Upgrade: h2c\r\nConnection: upgrade\r\n" + SIZED, 200, b"{}"),
    "switching": (b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc", 101, b""),
}
REFUSED: dict[str, tuple[bytes, type[CallError]]] = {
    "another protocol": (b"SSH-2.0-OpenSSH\r\n\r\n", NotHTTP),
    "HTTP/0.9": (b"<html>hello</html>\r\n", NotHTTP),
    "HTTP/2": (b"HTTP/2.0 200 OK\r\n" + SIZED, NotHTTP),
    "status 99": (b"HTTP/1.1 099 X\r\n" + SIZED, NotHTTP),
    "status 999": (b"HTTP/1.1 999 X\r\n" + SIZED, NotHTTP),
    "folded field": (OK + b"X-A: a\r\n b\r\n" + SIZED, NotHTTP),
    "bare LF": (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", NotHTTP),
    "NUL": (OK + b"X-A: \0\r\n" + SIZED, NotHTTP),
    "blank before the colon": (OK + b"X-A : b\r\n" + SIZED, NotHTTP),
    "two lengths": (OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", NotHTTP),
    "one length twice": (OK + b"Content-Length: 2\r\n" + SIZED, NotHTTP),
    "signed length": (OK + b"Content-Length: +2\r\n\r\n{}", NotHTTP),
    "length and coding": (OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", NotHTTP),
    "coding and length": (OK + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", NotHTTP),
    "other coding": (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", NotHTTP),
    "coding behind chunked": (
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n", NotHTTP
    ),
    "coding in HTTP/1.0": (
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", NotHTTP
    ),
    "bad chunk": (CHUNKED + b"zz\r\nabc\r\n", NotHTTP),
    "chunk that is longer": (CHUNKED + b"2\r\nabc\r\n", NotHTTP),
    "1 MiB of head": (OK + b"X-A: " + b"b" * (1 << 20), NotHTTP),
    "1 MiB of fields": (OK + b"X-A: b\r\n" * (1 << 17), NotHTTP),
    "1 MiB of trailers": (CHUNKED + b"0\r\n" + b"X-A: b\r\n" * (1 << 17), NotHTTP),
    "1 MiB of chunk extension": (CHUNKED + b"1;" + b"x" * (1 << 20), NotHTTP),
    "1 MiB of reason": (b"HTTP/1.1 200 " + b"x" * (1 << 20), NotHTTP),
    "too many fields": (OK + b"X-A: b\r\n" * MAX_FIELDS + SIZED, NotHTTP),
    "too many interim": (CONTINUE * (MAX_INTERIM + 1) + OK + SIZED, NotHTTP),
    "over the limit": (OK + b"Content-Length: 1001\r\n\r\n", TooLarge),
    "chunks over the limit": (CHUNKED + b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n", TooLarge),
    "no end over the limit": (OK + b"\r\n" + b"x" * 1001, TooLarge),
}  # fmt: skip


def _given(data: bytes, size: int = 1 << 18, to_head: bool = False) -> Answer:
    answer = Answer()
    answer.expect(LIMIT, to_head)
    for at in range(0, len(data), size):
        answer.feed(data[at : at + size])
        if answer.reply or answer.error:
            break
    return answer


@pytest.mark.parametrize("size", [1, 1 << 18])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read(name: str, size: int) -> None:
    data, status, body = ANSWERS[name]
    answer = _given(data, size)
    assert answer.error is None
    assert answer.reply
    assert (answer.reply.status, answer.reply.body) == (status, body)


@pytest.mark.parametrize("size", [100, 1 << 18])
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_answer_is_refused(name: str, size: int) -> None:
    data, error = REFUSED[name]
    answer = _given(data, size)
    assert type(answer.error) is error
    assert answer.reply is None
    assert not answer.reusable


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_cut_is_none(name: str) -> None:
    data, *_ = ANSWERS[name]
    if name == "switching":
        data = data.removesuffix(b"abc")
    for at in range(max(0, len(data) - 200), len(data)):
        answer = _given(data[:at])
        answer.end()
        assert answer.reply is None
        assert isinstance(answer.error, Broke | BrokeOff)


@given(
    name=st.sampled_from(sorted(ANSWERS.keys() - {"large head"})),
    cuts=st.lists(st.integers(min_value=0, max_value=2000)),
)
def test_it_does_not_matter_how_an_answer_is_cut(name: str, cuts: list[int]) -> None:
    data, *_ = ANSWERS[name]
    answer = Answer()
    answer.expect(LIMIT)
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    for start, end in pairwise(places):
        if answer.reply is None:
            answer.feed(data[start:end])
    assert answer.reply == _given(data).reply


@given(st.binary(), st.integers(min_value=0, max_value=120), st.sampled_from(sorted(ANSWERS)))
def test_any_bytes_are_an_answer_or_an_error_or_the_beginning_of_one(
    junk: bytes, at: int, name: str
) -> None:
    data, *_ = ANSWERS[name]
    answer = _given(data[:at] + junk + data[at:])
    answer.end()
    assert (answer.reply is None) is not (answer.error is None)


def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    answer = _given(b"HTTP/1.0 200 OK\r\n\r\nuntil ")
    answer.feed(b"the end")
    assert answer.reply is None
    answer.end()
    assert answer.reply
    assert answer.reply.body == b"until the end"
    assert not answer.reusable


def test_an_answer_without_a_length_does_not_end_with_a_reset() -> None:
    answer = _given(b"HTTP/1.0 200 OK\r\n\r\nuntil ")
    answer.cut()
    assert answer.reply is None
    assert isinstance(answer.error, BrokeOff)


def test_the_answer_to_head_has_no_body() -> None:
    answer = _given(OK + b"Content-Length: 5000\r\n\r\n", to_head=True)
    assert answer.reply
    assert (answer.reply.body, answer.reply.headers) == (b"", {b"content-length": b"5000"})
    assert not answer.reusable


def test_trailers_are_dropped_and_repeated_fields_joined() -> None:
    answer = _given(
        OK + b"X-A: 1\r\nTransfer-Encoding: chunked\r\nx-a: 2\r\n\r\n0\r\nX-A: 3\r\nX-B: 4\r\n\r\n"
    )
    assert answer.reply
    assert answer.reply.headers == {b"x-a": b"1, 2", b"transfer-encoding": b"chunked"}


@pytest.mark.parametrize(
    ("data", "reusable"),
    [
        (OK + SIZED, True),
        (CHUNKED + b"0\r\n\r\n", True),
        (b"HTTP/1.0 200 OK\r\n" + SIZED, False),
        (b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + SIZED, True),
        (OK + b"Connection: close\r\n" + SIZED, False),
        (OK + SIZED + OK, False),
        (OK + SIZED + OK + SIZED, False),
        (OK + SIZED + b"x", False),
        (OK + b"Connection: close\r\n" + SIZED + b"x", False),
        (b"HTTP/1.1 204 X\r\nContent-Length: 3\r\n\r\nabc", False),
    ],
)
def test_a_connection_is_kept_where_nothing_came_behind_the_answer(
    data: bytes, reusable: bool
) -> None:
    answer = _given(data)
    assert answer.reply
    assert answer.reusable is reusable


def test_one_answer_after_the_other_is_read() -> None:
    answer = _given(CHUNKED + b"1\r\na\r\n0\r\nX-T: 1\r\n\r\n")
    for _ in range(3):
        answer.expect(LIMIT)
        answer.feed(OK + SIZED)
        assert answer.reply
        assert (answer.reply.body, answer.reusable) == (b"{}", True)


TOKENS = st.sampled_from([b"X-A", b"x-a", b"Connection", b"Upgrade", b"Proxy-Connection", b"Via"])
VALUES = st.sampled_from([b"close", b"keep-alive", b"Upgrade", b"", b"a:b", b" a\t"]) | st.binary(
    max_size=8
)


@given(
    status=st.sampled_from([100, 101, 200, 204, 304, 404, 599, 600]),
    fields=st.lists(st.tuples(TOKENS, VALUES), max_size=4),
    length=st.integers(min_value=0, max_value=9),
    rest=st.sampled_from([b"", b"{}", b"\r\n\r\n", b"abc\r\n\r\n", b"\r\n" + OK + b"\r\n"]),
)
def test_an_answer_in_one_piece_is_what_it_is_in_two(
    status: int, fields: list[tuple[bytes, bytes]], length: int, rest: bytes
) -> None:
    lines = b"".join(b"%b: %b\r\n" % field for field in fields)
    data = b"HTTP/1.1 %d X\r\n%bContent-Length: %d\r\n\r\n%b" % (status, lines, length, rest)
    whole, cut = _given(data), Answer()
    cut.expect(LIMIT)
    cut.feed(data[:1])
    cut.feed(data[1:])
    assert whole.reply == cut.reply
    assert repr(whole.error) == repr(cut.error)
    assert whole.reusable is cut.reusable


def test_answers_are_read_behind_those_that_are_unusual() -> None:
    answer = _given(OK + SIZED)
    for data in (
        CHUNKED + b"1\r\na\r\n0\r\n\r\n",
        OK + SIZED,
        OK + b"X-A: 1\r\nX-A: 2\r\n" + SIZED,
    ):
        answer.expect(LIMIT)
        answer.feed(data)
        assert answer.reply
        assert answer.reusable
        assert answer.take() is not None
