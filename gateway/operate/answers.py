"""Answers to operators."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.compile.answer import JSON_TYPE, NO_STORE, Answer

_encode = msgspec.json.Encoder(enc_hook=str).encode


def answer_json(status: int, body: Any) -> Answer:
    """A JSON answer that no cache may keep."""
    return Answer(status, (JSON_TYPE, NO_STORE), _encode(body))
