"""The one place that every request passes: what goes wrong there is answered once, and counted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.compile.answer import Answer
from gateway.compile.exchange import Exchange
from gateway.operate.request_log import RequestLog
from gateway.runtime.body_memory import BodyMemory
from gateway.serve.answering import send_answer
from gateway.serve.client import ClientFinder
from gateway.serve.switch import Operate, Switch
from gateway.settings import MIB, Limits


def scope(path: bytes, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "raw_path": path,
        "query_string": b"token=canary",
        "headers": [(b"host", b"x"), *headers],
        "client": ("127.0.0.1", "1"),
        "gateway.request": Incoming({b"host": b"x", **dict(headers)}),
    }


class Incoming:
    """What the wire tells of a request without a body."""

    length = 0

    def __init__(self, fields: dict[bytes, bytes]) -> None:
        self.fields = fields

    def whole(self) -> bytes:
        return b""


class Call:
    """One request to a switch that has no hooks yet; `answers` are the whole ones that it sent."""

    def __init__(self, switch: Switch, scope: dict[str, Any]) -> None:
        self.messages: list[Any] = []
        with capture_logs() as self.lines:
            asyncio.run(switch(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        raise AssertionError("no body is asked for")

    async def _send(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        (start,) = [one for one in self.messages if one["type"] == "http.response.start"]
        status: int = start["status"]
        return status

    @property
    def document(self) -> Any:
        return json.loads(self.messages[-1]["body"])


def switch(operate: Operate) -> Switch:
    return Switch(Limits(), BodyMemory(MIB), ClientFinder(()), operate, RequestLog(None, "debug"))


async def nothing(_exchange: Exchange, _send: Any) -> None:
    raise AssertionError("no operation is asked for")


async def boom(_exchange: Exchange, _send: Any) -> None:
    raise RuntimeError("canary")


async def boom_after_the_answer(exchange: Exchange, send: Any) -> None:
    await send_answer(send, exchange, Answer(200, (), b"{}"))
    raise RuntimeError("canary")


def test_a_fault_of_ours_is_answered_without_a_word_of_it_and_logged_in_full() -> None:
    call = Call(switch(boom), scope(b"/-/status", (b"x-request-id", b"id-1")))
    assert call.status == 500
    assert call.document["type"] == "urn:webhook-gateway:unexpected"
    assert call.document["instance"] == "id-1"
    assert b"canary" not in b"".join(one.get("body", b"") for one in call.messages)
    fault, line = call.lines
    assert (fault["event"], fault["request_id"], fault["exc_info"]) == ("unexpected", "id-1", True)
    assert (line["status"], line["outcome"]) == (500, "unexpected")


def test_a_fault_behind_the_answer_does_not_answer_again() -> None:
    call = Call(switch(boom_after_the_answer), scope(b"/-/status"))
    assert call.status == 200
    assert [line["event"] for line in call.lines] == ["unexpected", "request"]


def test_before_there_are_hooks_a_request_is_told_to_come_again() -> None:
    call = Call(switch(nothing), scope(b"/hooks/a"))
    assert call.status == 503
    assert (b"retry-after", b"1") in call.messages[0]["headers"]


@pytest.mark.parametrize("path", [b"/hooks/a", b"/hooks//a", b"/" + b"a" * 9000])
def test_what_is_in_flight_is_counted_down_whatever_happens(path: bytes) -> None:
    used = switch(nothing)
    call = Call(used, scope(path))
    assert call.status in (400, 414, 503)
    assert used.in_flight == 0
    assert len(call.lines) == 1
    assert "canary" not in str(call.lines)
