"""Reading a body: what is declared, what comes, and how long it may take."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from gateway.compile.exchange import Exchange
from gateway.errors import BodyTimeout, Incomplete, Misframed, Refusal, TooLarge, Unavailable
from gateway.runtime.body_memory import BodyMemory
from gateway.runtime.shares import Shares
from gateway.serve.request_body import Bodies, read_body
from gateway.wire.server import Refused
from tests.support.exchanges import an_exchange


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


def read(sender: Sender, length: int | None, limit: int = 100) -> bytes:
    return asyncio.run(read_body(sender, length, limit, lambda _size: None))


@pytest.mark.parametrize(
    ("length", "messages", "asked"),
    [
        (0, [], 0),
        (3, [piece(b"ab"), piece(b"c", more=False)], 2),
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
    assert read(Sender([piece(b"x" * 100, more=False)]), 100) == b"x" * 100
    assert read(Sender([piece(b"x" * 100), piece(b"", more=False)]), None) == b"x" * 100


@pytest.mark.parametrize("before", [[], [piece(b"ab")]])
def test_a_body_that_breaks_off_is_incomplete(before: list[dict[str, Any]]) -> None:
    for length in (3, None):
        with pytest.raises(Incomplete):
            read(Sender([*before, GONE]), length)


@pytest.mark.parametrize(
    ("refused", "kind"),
    [
        (Refused(408, "body-timeout", "late"), BodyTimeout),
        (Refused(400, "incomplete-body", "broken"), Incomplete),
        (Refused(400, "malformed", "odd"), Misframed),
    ],
)
def test_what_the_wire_refuses_of_a_body_is_a_refusal(
    refused: Refused, kind: type[Refusal]
) -> None:
    async def receive() -> dict[str, Any]:
        raise refused

    with pytest.raises(kind) as found:
        asyncio.run(read_body(receive, 50, 100, lambda _size: None))
    assert found.value.detail == refused.detail
    assert found.value.status == refused.status


def test_every_refusal_of_a_body_that_is_not_read_to_its_end_closes() -> None:
    refusals: list[type[Refusal]] = [BodyTimeout, Incomplete, Misframed, TooLarge]
    assert all(refusal.close for refusal in refusals)


class Whole:
    """A request whose body came with its head."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def whole(self) -> bytes:
        return self._body

    async def receive(self) -> Any:
        raise AssertionError("nothing is left to receive")


def _came_whole(body: bytes, memory: BodyMemory) -> Exchange:
    exchange = an_exchange()
    exchange.source = Bodies(memory, Shares("bodies", 1, 1))
    exchange.incoming = Whole(body)
    exchange.body_limit = 4
    return exchange


def test_a_body_that_came_with_its_head_is_charged_as_any_other() -> None:
    memory = BodyMemory(8)
    exchange = _came_whole(b"1234", memory)
    assert exchange.body_here() == asyncio.run(exchange.read_body()) == b"1234"
    assert (exchange.charged, memory.held, exchange.bytes_in) == (4, 4, 4)


@pytest.mark.parametrize(("body", "room"), [(b"12345", 8), (b"1234", 3)])
def test_a_body_that_came_with_its_head_has_the_same_limits(body: bytes, room: int) -> None:
    memory = BodyMemory(room)
    with pytest.raises((TooLarge, Unavailable)):
        _came_whole(body, memory).body_here()
    assert memory.held == 0
