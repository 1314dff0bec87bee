"""What callers are told of runs: those that were stored, and what became of them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from math import ceil
from typing import Any

import msgspec

from gateway.compile.answer import JSON_TYPE, NO_STORE, Answer, Headers
from gateway.compile.exchange import Exchange, Unread
from gateway.compile.executor import Keep
from gateway.compile.responder import Responder
from gateway.runs.run import Record, State
from gateway.runs.sealed import UnreadableError, of_answer
from gateway.runtime.sealing import Sealing
from gateway.wire.client import Reply

MOST = 64 * 1024
"""Bytes of outputs that are stored."""
OMITTED = b""
"""What is stored in the place of larger ones."""
LONGEST = 30
"""Seconds after which it is always worth asking again."""

_encode = msgspec.json.Encoder().encode
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Answer).decode
_validate = msgspec.json.Decoder(msgspec.Raw).decode


def keeping(respond: Responder, outputs: bool) -> Keep:
    """Keeps what callers would have been answered, where they are answered with the `outputs`."""

    nobody = _nobody()

    def keep(reply: Reply) -> bytes | None:
        if not outputs:
            return None
        answer = respond(nobody, reply)
        return _pack(answer) if len(answer.body) <= MOST else OMITTED

    return keep


def _nobody() -> Exchange:
    """Who asks where the caller has left; outputs are the same for everybody."""
    return Exchange("POST", "/", b"/", b"", [], {}, "", "", 0.0, Unread())


def opened(record: Record, sealing: Sealing) -> Record:
    """The record with the answer that was kept, or without one that cannot be opened."""
    if not record.answer:
        return record
    try:
        answer = sealing.open(record.answer, of_answer(record.run))
    except UnreadableError:
        answer = OMITTED
    return msgspec.structs.replace(record, answer=answer)


def answer_of(kept: bytes) -> Answer:
    """The answer that was kept."""
    return _unpack(kept)


def described(record: Record) -> dict[str, Any]:
    """A run as who holds its ticket sees it, as JSON values; what is not known is left out."""
    known = {
        "status": status_of(record.state),
        "hook": record.hook,
        "run": record.run,
        "accepted_at": instant(record.accepted),
        "attempts": record.attempts,
        "next_attempt_at": None if record.state.final else instant(record.next_attempt),
        "finished_at": instant(record.finished),
        "workflow": _workflow(record),
        "reason": record.reason,
        **_outputs(record.answer),
    }
    return {name: value for name, value in known.items() if value not in (None, "", {})}


def status_of(state: State) -> str:
    """A run behind another one of its lane is queued, as far as callers are concerned."""
    return State.QUEUED if state is State.WAITING else state


def _workflow(record: Record) -> dict[str, Any]:
    known = {"status_code": record.status_code, "duration_ms": record.duration_ms}
    return {name: value for name, value in known.items() if value is not None}


def _outputs(kept: bytes | None) -> dict[str, Any]:
    """JSON as it is, text as a text; nothing else has a place in JSON."""
    if kept is None:
        return {}
    if kept == OMITTED:
        return {"outputs_omitted": True}
    answer = _unpack(kept)
    headers = dict(answer.headers)
    if not answer.body:
        return {}
    if b"content-encoding" not in headers:
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        try:
            text = answer.body.decode()
            if kind.endswith((b"/json", b"+json")):
                return {"outputs": _validate(text)}
            if kind.startswith(b"text/"):
                return {"outputs": text}
        except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
            pass
    return {"outputs_omitted": True}


def instant(seconds: float | None) -> str | None:
    """A time in UTC, with milliseconds."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def ask_again(next_attempt: float | None) -> tuple[bytes, bytes]:
    """The header that says when it is worth asking: from the next attempt on, at most LONGEST."""
    left = 0.0 if next_attempt is None else next_attempt - time.time()
    return b"retry-after", b"%d" % min(max(ceil(left), 1), LONGEST)


def document(status: int, values: object, own: Headers = (), headers: Headers = ()) -> Answer:
    """A JSON answer that no cache may keep; `own` are headers that no other answer has. `values`
    are a dictionary or a struct.
    """
    return Answer(status, (JSON_TYPE, NO_STORE, *headers), _encode(values), own)
