"""Sending answers: results as they are, refusals as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import msgspec

from gateway.compile.answer import NO_STORE, Answer, Headers
from gateway.compile.exchange import Exchange
from gateway.errors import Refusal
from gateway.language.answers import WITHOUT_BODY
from gateway.wire.server import Lines, encode_lines

Send = Callable[[Any], Awaitable[None]]
Give = Callable[[int, Lines, tuple[bytes, bytes], bytes], None]
"""The wire's way to answer whole, at once: of status, lines, one more field, and body."""
AT_ONCE = 64 * 1024
"""Bytes of a body that may wait to be sent when the request counts no more. A longer answer
stays in flight until the caller has read it.
"""
PROBLEM = (b"content-type", b"application/problem+json")
CLOSE = (b"connection", b"close")
SERVER = (b"server", b"webhook-gateway")
"""Said by us, because the server would name itself and its kind."""

_encode = msgspec.json.Encoder().encode


def write_answer(give: Give, exchange: Exchange, answer: Answer) -> None:
    """Send a whole answer by one call. The exchange remembers status and size for the log."""
    exchange.status = status = answer.status
    if status not in WITHOUT_BODY and exchange.method != "HEAD":
        exchange.bytes_out = len(answer.body)
    request = (b"x-request-id", exchange.request_id.encode())
    lines = _lines(answer.headers)
    if answer.own:
        own = encode_lines(answer.own)
        lines = Lines(lines.data + own.data, lines.count + own.count)
    give(status, lines, request, answer.body)


@lru_cache(64)
def _lines(headers: Headers) -> Lines:
    """A hook's answers mostly have the same headers, whose bytes are made once."""
    return encode_lines((*headers, SERVER))


async def send_answer(send: Send, exchange: Exchange, answer: Answer) -> None:
    """Send a whole answer. The exchange remembers status and size for the log."""
    exchange.status = answer.status
    headers = [
        *answer.headers,
        *answer.own,
        SERVER,
        (b"x-request-id", exchange.request_id.encode()),
    ]
    if answer.status not in WITHOUT_BODY:
        exchange.bytes_out = 0 if exchange.method == "HEAD" else len(answer.body)
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def problem(exchange: Exchange, refusal: Refusal, further: Headers = ()) -> Answer:
    """The problem document of a refusal; its `instance` is the request id."""
    headers = (*refusal.headers, *further)
    return problem_document(
        refusal.status,
        refusal.code,
        refusal.title,
        refusal.detail,
        exchange.request_id,
        (*headers, CLOSE) if refusal.close else headers,
    )


def problem_document(
    status: int,
    code: str,
    title: str,
    detail: str,
    instance: str,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> Answer:
    """A problem document (RFC 9457 §3) as an answer."""
    body = {
        "type": f"urn:webhook-gateway:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    return Answer(status, (PROBLEM, NO_STORE, *headers), _encode(body))


def unexpected(exchange: Exchange, headers: Headers = ()) -> Answer:
    """The answer to a fault of ours: it says nothing but where to look in the log."""
    return problem_document(
        500,
        "unexpected",
        "The gateway has an internal error",
        "The gateway's log has the details under this request id.",
        exchange.request_id,
        headers,
    )
