"""Reading a body: what is declared, what comes, and how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from gateway.errors import BodyTimeout, Incomplete, Malformed, Misframed, Refusal, TooLarge
from gateway.serve.request_body import PIECES, declared_length, discard_body, read_body
from gateway.settings import Limits

Headers = list[tuple[bytes, bytes]]
LENGTH, CODING = b"content-length", b"transfer-encoding"
LIMITS = Limits(body_timeout=5.0, body_grace=5.0)


def piece(data: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


GONE: dict[str, Any] = {"type": "http.disconnect"}


class Sender:
    """A server's `receive`: the messages in order, then silence."""

    def __init__(self, messages: Iterable[dict[str, Any]]) -> None:
        self._messages = iter(messages)
        self.asked = 0

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        for message in self._messages:
            return message
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits an hour")


def read(sender: Sender, length: int | None, limit: int = 100, limits: Limits = LIMITS) -> bytes:
    return asyncio.run(read_body(sender, length, limit, limits, lambda _size: None))


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ([], 0),
        ([(b"x", b"1")], 0),
        ([(LENGTH, b"0")], 0),
        ([(LENGTH, b"42")], 42),
        ([(LENGTH, b"0042")], 42),
        ([(CODING, b"chunked")], None),
        ([(CODING, b"Chunked")], None),
    ],
)
def test_a_length_is_what_the_headers_declare(headers: Headers, length: int | None) -> None:
    assert declared_length(headers) == length


@pytest.mark.parametrize(
    "headers",
    [
        [(LENGTH, b"1"), (LENGTH, b"1")],
        [(LENGTH, b"1"), (CODING, b"chunked")],
        [(CODING, b"chunked"), (LENGTH, b"1")],
        [(CODING, b"chunked"), (CODING, b"chunked")],
        *(
            [(CODING, value)]
            for value in (b"", b"gzip", b"gzip, chunked", b"chunked ", b"xchunked")
        ),
        *([(LENGTH, value)] for value in (b"", b"+1", b"-1", b"1 ", b"0x1", b"1,1", b"9" * 20)),
    ],
)
def test_what_two_parties_could_measure_differently_is_refused(headers: Headers) -> None:
    with pytest.raises(Misframed) as refused:
        declared_length(headers)
    assert isinstance(refused.value, Malformed)
    assert refused.value.close


@pytest.mark.parametrize(
    ("length", "messages", "asked"),
    [
        (0, [], 0),
        (3, [piece(b"abc")], 1),
        (3, [piece(b"ab"), piece(b"c")], 2),
        (3, [piece(b"abc", more=False)], 1),
        (None, [piece(b"ab"), piece(b"c"), piece(b"", more=False)], 3),
        (None, [piece(b"abc", more=False)], 1),
    ],
)
def test_a_body_is_read_to_its_end_and_not_beyond(
    length: int | None, messages: list[dict[str, Any]], asked: int
) -> None:
    sender = Sender(messages)
    assert read(sender, length) == (b"" if length == 0 else b"abc")
    assert sender.asked == asked


def test_a_declared_length_over_the_limit_is_refused_before_reading() -> None:
    sender = Sender([])
    with pytest.raises(TooLarge):
        read(sender, 101)
    assert sender.asked == 0


@pytest.mark.parametrize("length", [None, 100])
def test_a_body_that_grows_over_the_limit_is_refused_at_once(length: int | None) -> None:
    sender = Sender([piece(b"x" * 60)] * 100)
    with pytest.raises(TooLarge):
        read(sender, length)
    assert sender.asked == 2


def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert read(Sender([piece(b"x" * 100)]), 100) == b"x" * 100
    assert read(Sender([piece(b"x" * 100), piece(b"", more=False)]), None) == b"x" * 100


@pytest.mark.parametrize("before", [[], [piece(b"ab")]])
def test_a_body_that_breaks_off_is_incomplete(before: list[dict[str, Any]]) -> None:
    for length in (3, None):
        with pytest.raises(Incomplete):
            read(Sender([*before, GONE]), length)


def test_a_body_in_crumbs_is_refused() -> None:
    sender = Sender([piece(b"x")] * (PIECES * 2))
    with pytest.raises(Malformed, match="pieces"):
        read(sender, None, limit=10**6)
    assert sender.asked == PIECES


@pytest.mark.parametrize(
    "limits",
    [
        Limits(body_timeout=0.05, body_grace=60),
        Limits(body_timeout=60, body_grace=0.05, body_rate=1_000_000),
    ],
)
def test_a_body_is_waited_for_until_its_deadline_or_as_long_as_its_rate_allows(
    limits: Limits,
) -> None:
    with pytest.raises(BodyTimeout) as refused:
        read(Sender([piece(b"x" * 10)]), 50, limits=limits)
    assert refused.value.close


def test_what_has_come_buys_time_for_the_rest() -> None:
    limits = Limits(body_timeout=60, body_grace=0.0, body_rate=1)

    async def slowly() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return piece(b"y")

    messages = iter([piece(b"x" * 59)])

    async def receive() -> dict[str, Any]:
        return next(messages, None) or await slowly()

    async def first_at_once() -> bytes:
        return await read_body(receive, 60, 100, limits, lambda _size: None)

    assert asyncio.run(first_at_once()) == b"x" * 59 + b"y"


@pytest.mark.parametrize(
    ("messages", "asked"),
    [
        ([piece(b"x"), piece(b"", more=False), piece(b"y")], 2),
        ([GONE, piece(b"y")], 1),
        ([piece(b"x" * 50)] * 100, 2),
        ([], 1),
    ],
)
def test_what_is_thrown_away_is_bounded(messages: list[dict[str, Any]], asked: int) -> None:
    sender = Sender(messages)
    asyncio.run(discard_body(sender, Limits(discard=100, discard_timeout=0.05)))
    assert sender.asked == asked


def test_every_refusal_of_a_body_that_is_not_read_to_its_end_closes() -> None:
    refusals: list[type[Refusal]] = [BodyTimeout, Incomplete, Misframed, TooLarge]
    assert all(refusal.close for refusal in refusals)
