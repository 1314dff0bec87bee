"""What the caller gets if the workflow fails: the first answer of the hook that fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.compile.answer import NO_STORE, Answer, Headers
from gateway.compile.answers import NO_SNIFFING, compile_answer
from gateway.compile.exchange import Exchange
from gateway.compile.media_type import parse_media_type
from gateway.compile.mismatch import Places
from gateway.compile.responder import failed, handed_on
from gateway.compile.templates.outcome import Outcome
from gateway.errors import WorkflowFailure
from gateway.language import spec
from gateway.language.answers import OWN, Kind, kinds_of
from gateway.wire.client import Reply

OTHER = (b"content-type", b"application/octet-stream")
"""The type of a body of the workflow's that could be a page on the gateway's origin."""
HARMLESS = frozenset({"application/json", "text/plain", "application/xml"})

_SECONDS = re.compile(rb"[0-9]{1,9}")
_DATE = re.compile(
    rb"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT"
)
"""The one form of a date that senders make (RFC 9110 §5.6.7)."""

Fail = Callable[[Exchange, WorkflowFailure, Reply | None], Answer]


def compile_failures(written: Sequence[spec.Failure], places: Places) -> Fail:
    """What answers a failure; the reply is None where there was none."""
    if not written:
        return _report
    entries = tuple(
        (_fits(one), _answering(one, index, places)) for index, one in enumerate(written)
    )

    def answering(failure: WorkflowFailure) -> Fail:
        return next((answer for fits, answer in entries if fits(failure)), _report)

    def fail(exchange: Exchange, failure: WorkflowFailure, reply: Reply | None) -> Answer:
        exchange.reason = failure.logged
        for _ in range(2):
            try:
                return answering(failure)(exchange, failure, reply)
            except WorkflowFailure as again:
                # An answer that cannot be made is a failure, too, which may have one.
                failure = again
        return failed(exchange, failure)

    return fail


def _fits(written: spec.Failure) -> Callable[[WorkflowFailure], bool]:
    kinds = kinds_of(written)
    others = written.workflow == "any" or "any" in _listed(written)

    def fits(failure: WorkflowFailure) -> bool:
        kind: Kind | None = failure.status_code if failure.kind == "status" else failure.kind
        return kind in kinds or (others and written.answer != "pass")

    return fits


def _listed(written: spec.Failure) -> Sequence[Kind]:
    return written.workflow if isinstance(written.workflow, list) else ()


def _answering(written: spec.Failure, index: int, places: Places) -> Fail:
    if written.answer == "report":
        return _report
    if isinstance(written.answer, str):
        return _passed
    steps = ("response", "failures", index, "answer")
    render = compile_answer(written.answer, steps, places)
    return lambda exchange, failure, reply: render(Outcome(exchange, reply, failure))


def _report(exchange: Exchange, failure: WorkflowFailure, _reply: Reply | None) -> Answer:
    return failed(exchange, failure)


def _passed(exchange: Exchange, failure: WorkflowFailure, reply: Reply | None) -> Answer:
    """What the workflow has answered, without most of its headers."""
    if reply is None or not 400 <= reply.status < 500 or reply.status in OWN:
        return failed(exchange, failure)
    exchange.outcome = "declined"
    known = reply.headers.get
    headers = (
        *_typed(known(b"content-type")),
        *handed_on(b"content-encoding", known(b"content-encoding")),
        *_delay(known(b"retry-after")),
    )
    return Answer(reply.status, (*headers, NO_SNIFFING, NO_STORE), reply.body)


def _delay(value: bytes | None) -> Headers:
    """`Retry-After` where it is seconds or a date (RFC 9110 §10.2.3): anything else would reach
    the caller as the gateway's word.
    """
    if value is None or not (_SECONDS.fullmatch(value) or _is_date(value)):
        return ()
    return ((b"retry-after", value),)


def _is_date(value: bytes) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        datetime.strptime(value.decode(), "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError:  # the 31st of February
        return False
    return True


def _typed(value: bytes | None) -> Headers:
    parsed = parse_media_type(value) if value else None
    if value is None:
        return ()
    if parsed is not None and (parsed[0] in HARMLESS or parsed[0].endswith("+json")):
        return handed_on(b"content-type", value) or (OTHER,)
    return (OTHER,)
