"""What the caller gets: the workflow's outputs, or a report on the activation."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET

from gateway.compile.answer import JSON_TYPE, NO_STORE, Answer, Headers
from gateway.compile.answers import Lines, compile_answer, compile_headers, unusable
from gateway.compile.exchange import Exchange
from gateway.compile.mismatch import Places
from gateway.compile.templates.blame import where_in
from gateway.compile.templates.outcome import Outcome, decode_outputs, select
from gateway.errors import Unmappable, WorkflowFailure
from gateway.language.answers import REDIRECT, WITHOUT_BODY
from gateway.language.inputs import long_form
from gateway.language.spec import Response
from gateway.language.values import parse_path
from gateway.wire.client import Reply

_HEADER_VALUE = re.compile(rb"[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?")

_encode = msgspec.json.Encoder(decimal_format="number").encode


Responder = Callable[[Exchange, Reply], Answer]


def compile_response(written: str | Response, places: Places | None = None) -> Responder:
    """The responder of a hook, for activations whose workflow answered 2xx."""
    response = long_form(written)
    if response.body is not UNSET or response.status == REDIRECT:
        render = compile_answer(response, ("response",), places or {})
        return lambda exchange, reply: render(Outcome(exchange, reply))
    where = where_in(places or {})
    extra, lines = compile_headers(response.headers, ("response", "headers"), where)
    respond = _fixed(response, extra)
    return respond if lines is None else _with_lines(respond, lines)


def compile_kept(written: str | Response) -> Responder:
    """The responder for answers that are kept, which have no headers that read the request."""
    response = long_form(written)
    extra, _ = compile_headers(response.headers, ("response", "headers"), where_in({}))
    return _fixed(response, extra)


def _fixed(response: Response, extra: Headers) -> Responder:
    """The responder with the headers that are the same in all answers."""
    if response.status in WITHOUT_BODY:
        empty = Answer(response.status, extra, b"")
        return lambda _exchange, _reply: empty
    if response.type == "status":
        return lambda exchange, reply: Answer(
            response.status,
            (JSON_TYPE, *extra),
            _encode(_report(exchange, "succeeded", reply.status)),
        )
    if response.select is UNSET:
        return _outputs(response.status, extra)
    # The whole of something goes before its parts, which it holds.
    paths = sorted((parse_path(path) for path in response.select), key=len)
    return _selected(response.status, extra, tuple(paths))


def _with_lines(respond: Responder, lines: Lines) -> Responder:
    """The same with headers that templates fill in."""

    def answer(exchange: Exchange, reply: Reply) -> Answer:
        made, outcome = respond(exchange, reply), Outcome(exchange, reply)
        try:
            return Answer(made.status, (*made.headers, *lines(outcome)), made.body)
        except Unmappable as error:
            raise unusable(outcome, error) from error

    return answer


def failed(exchange: Exchange, failure: WorkflowFailure, status: str = "failed") -> Answer:
    """The report of an activation that failed, the same in every mode; `status` is `dead` or
    `cancelled` for one that was stored.
    """
    exchange.outcome, exchange.reason = status, failure.logged
    report = _report(exchange, status, failure.status_code)
    report["reason"] = failure.reason
    return Answer(failure.status, (JSON_TYPE, NO_STORE), _encode(report))


def reported(exchange: Exchange, status_code: int | None, **more: Any) -> Answer:
    """The report of an activation that succeeded, where its outputs are not here any more."""
    report = {**_report(exchange, "succeeded", status_code), **more}
    return Answer(200, (JSON_TYPE, NO_STORE), _encode(report))


def ignored(exchange: Exchange, reason: str) -> Answer:
    """The report of a request that `otherwise: ignore` let pass without an activation."""
    report = {"status": "ignored", "hook": exchange.hook, "reason": reason}
    return Answer(200, (JSON_TYPE, NO_STORE), _encode(report))


def probed(exchange: Exchange) -> Answer:
    """What HEAD is answered that passed every check: nothing ran, so there is no more to tell."""
    exchange.outcome = "probed"
    return Answer(200, (NO_STORE,), b"")


def _report(exchange: Exchange, status: str, status_code: int | None) -> dict[str, Any]:
    workflow: dict[str, Any] = {"duration_ms": exchange.workflow_ms}
    if status_code is not None:
        workflow = {"status_code": status_code, **workflow}
    return {"status": status, "hook": exchange.hook, "run": exchange.run, "workflow": workflow}


def _outputs(status: int, extra: Headers) -> Responder:
    # A page of the workflow's must not be guessed into a script on the gateway's origin.
    extra = ((b"x-content-type-options", b"nosniff"), *extra)

    def respond(_exchange: Exchange, reply: Reply) -> Answer:
        known = reply.headers.get
        return Answer(
            status, headers(known(b"content-type"), known(b"content-encoding")), reply.body
        )

    @lru_cache(8)
    def headers(content_type: bytes | None, encoding: bytes | None) -> Headers:
        """A workflow's answers mostly have the same."""
        typed = handed_on(b"content-type", content_type)
        return (*typed, *handed_on(b"content-encoding", encoding), *extra)

    return respond


def handed_on(name: bytes, value: bytes | None) -> Headers:
    """A header of the workflow's, byte for byte, where it is fit for an answer."""
    return ((name, value),) if value and _HEADER_VALUE.fullmatch(value) else ()


def _selected(status: int, extra: Headers, paths: tuple[tuple[str | int, ...], ...]) -> Responder:
    def respond(_exchange: Exchange, reply: Reply) -> Answer:
        outputs = decode_outputs(reply) if reply.body else None
        return Answer(status, (JSON_TYPE, *extra), _encode(select(outputs, paths)))

    return respond
