"""Answers on their way out: whole, of the gateway's name, and problems as RFC 9457 has them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway import errors
from gateway.compile.answer import Answer
from gateway.errors import Refusal
from gateway.serve.answering import problem, send_answer, unexpected
from tests.support.exchanges import an_exchange

CALLERS = {400, 401, 403, 404, 405, 408, 413, 414, 415, 422, 429, 431, 503}
OPERATORS = {409}
CONTRACT = CALLERS | OPERATORS


def sent(answer: Answer) -> tuple[dict[str, Any], dict[str, Any]]:
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    asyncio.run(send_answer(send, an_exchange(), answer))
    start, body = messages
    return start, body


def refusals(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in root.__subclasses__():
        yield kind
        yield from refusals(kind)


@pytest.mark.parametrize("kind", list(refusals()))
def test_every_refusal_has_a_status_of_the_contract_and_says_the_same_twice(
    kind: type[Refusal],
) -> None:
    answer = problem(an_exchange(), kind("What to do.", ((b"x-extra", b"1"),)))
    document = json.loads(answer.body)
    headers = dict(answer.headers)
    assert answer.status == document["status"] == kind.status
    assert kind.status in CONTRACT
    assert document == {
        "type": f"urn:webhook-gateway:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": "What to do.",
        "instance": "id-1",
    }
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"x-extra"] == b"1"
    assert (headers.get(b"connection") == b"close") == kind.close


def test_every_status_of_the_contract_has_a_refusal() -> None:
    assert {kind.status for kind in refusals()} == CONTRACT


def test_a_fault_of_ours_says_nothing_but_where_to_look() -> None:
    document = json.loads(unexpected(an_exchange()).body)
    assert document["status"] == 500
    assert document["instance"] == "id-1"


def test_an_answer_is_sent_whole_with_its_length_and_its_id() -> None:
    start, body = sent(Answer(200, ((b"content-type", b"text/plain"),), b"hello"))
    headers = dict(start["headers"])
    assert start["status"] == 200
    assert headers[b"content-length"] == b"5"
    assert headers[b"x-request-id"] == b"id-1"
    assert headers[b"server"] == b"webhook-gateway"
    assert len(start["headers"]) == len(headers)
    assert (body["body"], body["more_body"]) == (b"hello", False)


@pytest.mark.parametrize("status", [204, 205])
def test_an_answer_that_has_no_body_says_no_length(status: int) -> None:
    start, body = sent(Answer(status, (), b""))
    assert b"content-length" not in dict(start["headers"])
    assert body["body"] == b""


def test_the_tree_of_errors_is_the_one_that_is_drawn() -> None:
    drawn = errors.__doc__ or ""
    for kind in refusals():
        assert kind.__name__ in drawn
